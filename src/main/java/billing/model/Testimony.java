package billing.model;

import java.time.Instant;

/**
 * What the witness outside of the database says: how far the database once was.
 *
 * @param installation whose it is
 * @param host on which it was written
 * @param fence as it was when it was written
 * @param server identity of the database server that had it then
 * @param blind whether this host was enrolled at {@code lastSendAt} without knowing what was sent
 *     before, and has not charged since
 * @param lastSendAt the database's time of the last claim that it witnessed, or of a later moment
 */
public record Testimony(
    String installation,
    String host,
    Fence fence,
    String server,
    boolean blind,
    Instant lastSendAt) {}
