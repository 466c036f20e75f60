package billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import billing.mail.MailSettings.Tls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailSettingsTest {

  private static final Mailbox FROM = Mailbox.parse("b@example.com").orElseThrow();

  @Test
  void thePasswordIsNeverShown() {
    var settings = settings("smtp.example.com", 587, "mailer", "s3cret", Tls.STARTTLS);
    assertThat(settings.toString()).doesNotContain("s3cret").contains("smtp.example.com:587");
  }

  @Test
  void whatDoesNotFitNamesItsSetting() {
    assertThatThrownBy(() -> settings(" ", 587, null, null, Tls.STARTTLS))
        .hasMessageStartingWith("mail.host");
    assertThatThrownBy(() -> settings("h", 0, null, null, Tls.STARTTLS))
        .hasMessageStartingWith("mail.port");
    assertThatThrownBy(() -> settings("h", 587, "mailer", null, Tls.STARTTLS))
        .hasMessageStartingWith("mail.user, mail.password");
    assertThatThrownBy(() -> settings("smtp.example.com", 25, "mailer", "s3cret", Tls.NONE))
        .hasMessageStartingWith("mail.tls")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aPasswordInTheClearStaysOnThisMachine() {
    assertThat(settings("127.0.0.1", 25, "mailer", "s3cret", Tls.NONE).user()).isEqualTo("mailer");
    assertThat(settings("smtp.example.com", 25, null, null, Tls.NONE).user()).isNull();
  }

  @Test
  void aSenderMayHaveAName() {
    assertThat(Mailbox.parse("b@example.com")).contains(new Mailbox(null, "b@example.com"));
    assertThat(Mailbox.parse(" \"Example, Ltd\" <b@example.com> "))
        .contains(new Mailbox("Example, Ltd", "b@example.com"));
    assertThat(Mailbox.parse("<b@example.com>")).contains(new Mailbox(null, "b@example.com"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "@example.com",
        "b@",
        "b@@example.com",
        "b@ex ample.com",
        "b@example..com",
        "a@example.com, b@example.com",
        "Eve\r\nBcc: c <b@example.com>",
        "Eve <b@example.com> <c@example.com>"
      })
  void whatIsNoAddressIsNone(String text) {
    assertThat(Mailbox.parse(text)).isEmpty();
  }

  private static MailSettings settings(
      String host, int port, @Nullable String user, @Nullable String password, Tls tls) {
    return new MailSettings(host, port, user, password, FROM, tls);
  }
}
