package org.whonix2.server.store;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;

/** Data sources whose connections a test makes. */
final class Connections {
  private Connections() {}

  interface Connector {
    Connection connect() throws Exception;
  }

  /** Whatever it is asked for, it gives a connection. */
  static DataSource by(Connector connector) {
    return (DataSource)
        Proxy.newProxyInstance(
            Connections.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> connector.connect());
  }
}
