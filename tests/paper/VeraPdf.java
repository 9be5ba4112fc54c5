import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;

/** Prints for each file which rules of PDF/A-2a and PDF/UA-1 it breaks, and at last "checked". */
public class VeraPdf {
  public static void main(String[] paths) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    for (String path : paths) {
      check(path, PDFAFlavour.PDFA_2_A);
      check(path, PDFAFlavour.PDFUA_1);
    }
    System.out.println("checked " + paths.length);
  }

  static void check(String path, PDFAFlavour flavour) throws Exception {
    var foundry = Foundries.defaultInstance();
    try (var parser = foundry.createParser(new FileInputStream(path), flavour);
        var validator = foundry.createValidator(flavour, false)) {
      var result = validator.validate(parser);
      if (!result.isCompliant()) {
        System.out.println(path + " is no " + flavour);
      }
      for (var assertion : result.getTestAssertions()) {
        System.out.println(path + ": " + assertion.getRuleId() + " " + assertion.getMessage());
      }
    }
  }
}
