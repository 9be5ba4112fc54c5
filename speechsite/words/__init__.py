"""What was said: the words and their frame read into one `Speech`, and the rules that they keep."""
