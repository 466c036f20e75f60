package billing.gateway;

/** Leave to begin one send. Asked when the first byte of the body is about to be written. */
@FunctionalInterface
public interface Permit {

  boolean stillValid();
}
