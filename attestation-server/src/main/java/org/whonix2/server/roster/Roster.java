package org.whonix2.server.roster;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.MemberName;

/** Who may submit, as some part of the log says; immutable. */
public final class Roster {
  /** Nobody, as an empty log has it. */
  public static final Roster EMPTY = new Roster(0, 0, List.of(), Map.of());

  private final long version;
  private final long serial;
  private final Map<Fingerprint, Member> members = new LinkedHashMap<>();
  private final Map<Fingerprint, SetAside> setAside;

  Roster(long version, long serial, List<Member> members, Map<Fingerprint, SetAside> setAside) {
    this.version = version;
    this.serial = serial;
    members.forEach(member -> this.members.put(member.fingerprint(), member));
    this.setAside = Map.copyOf(setAside);
  }

  /** The size of the smallest tree that says all of this. */
  public long version() {
    return version;
  }

  /** Of the operator's newest change, 0 before the first. */
  public long serial() {
    return serial;
  }

  /** All members, by name. */
  public Collection<Member> members() {
    return Collections.unmodifiableCollection(members.values());
  }

  public Optional<Member> member(Fingerprint primary) {
    return Optional.ofNullable(members.get(primary));
  }

  public Optional<Member> member(MemberName name) {
    return members.values().stream().filter(member -> member.name().equals(name)).findFirst();
  }

  /** Why nothing more is taken from this key, of a member or of anybody else. */
  public Optional<SetAside> setAside(Fingerprint primary) {
    return Optional.ofNullable(setAside.get(primary));
  }
}
