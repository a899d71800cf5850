package org.whonix2.rebuilder.git;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.BasePackFetchConnection;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.PackParser;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

/** An empty repository of our own, and what was fetched into it. */
final class GitRepository implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 60;
  private static final int MOST_CAUSES = 20;
  private static final Set<String> PROXIES = Set.of("http_proxy", "https_proxy", "all_proxy");

  // This process has no other use for JGit.
  static {
    NoConfiguration.install();
  }

  private final GitUrl url;
  private final Transfer transfer;
  private final FileRepository repository;
  private final ObjectReader reader;

  private GitRepository(GitUrl url, Transfer transfer, FileRepository repository) {
    this.url = url;
    this.transfer = transfer;
    this.repository = repository;
    this.reader = repository.newObjectReader();
  }

  /**
   * Makes one.
   *
   * @param url that it will be fetched from
   * @param name of its folder, which does not exist yet
   */
  static GitRepository create(GitUrl url, Transfer transfer, String name) throws IOException {
    File folder = transfer.folder().resolve(name).toFile();
    FileRepository repository = new Bounded(folder, transfer.limits().object());
    repository.create(true);
    // What is attested is where it came from; and a server must not send us elsewhere.
    repository.getConfig().setString("http", null, "followRedirects", "false");
    return new GitRepository(url, transfer, repository);
  }

  /** Receives no object that is larger than allowed. */
  private static final class Bounded extends FileRepository {
    private final long limit;

    Bounded(File folder, long limit) throws IOException {
      super(folder);
      this.limit = limit;
    }

    @Override
    public ObjectInserter newObjectInserter() {
      ObjectInserter ordinary = super.newObjectInserter();
      return new ObjectInserter.Filter() {
        @Override
        protected ObjectInserter delegate() {
          return ordinary;
        }

        @Override
        public PackParser newPackParser(InputStream in) throws IOException {
          PackParser parser = ordinary.newPackParser(in);
          parser.setMaxObjectSizeLimit(limit);
          return parser;
        }
      };
    }
  }

  GitUrl url() {
    return url;
  }

  /**
   * Fetches a tag with what it names.
   *
   * @return the id of the object that it names, whatever that is
   * @throws CommandException if there is no such tag, or the server does not give it
   */
  ObjectId fetchTag(GitTag tag) throws IOException, CommandException {
    String name = Constants.R_TAGS + tag;
    try {
      return fetched(
              connection -> {
                Ref ref = connection.getRef(name);
                return ref == null ? List.of() : List.of(ref);
              },
              List.of(new RefSpec(name)),
              true)
          .stream()
          .findFirst()
          .map(Ref::getObjectId)
          .orElseThrow(
              () -> new CommandException(ExitCode.USAGE, url + ": there is no tag '" + tag + "'"));
    } catch (ExecutionException e) {
      throw failed(e);
    }
  }

  /**
   * Fetches a commit by its id: alone, or with all branches and tags if the server gives nothing
   * but those.
   */
  void fetchCommit(ObjectId commit) throws IOException, CommandException {
    Ref wanted = new ObjectIdRef.Unpeeled(Ref.Storage.NETWORK, commit.name(), commit);
    try {
      fetched(connection -> List.of(wanted), List.of(), true);
    } catch (ExecutionException e) {
      CommandException why = failed(e);
      if (why.exitCode() == ExitCode.REFUSED) {
        throw why;
      }
      fetchAll();
    }
    if (!reader.has(commit)) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          url + ": expected commit " + commit.name() + ", found no such commit there");
    }
  }

  private void fetchAll() throws IOException, CommandException {
    try {
      fetched(
          connection ->
              connection.getRefs().stream()
                  .filter(
                      ref ->
                          ref.getName().startsWith(Constants.R_HEADS)
                              || ref.getName().startsWith(Constants.R_TAGS))
                  .toList(),
          List.of(),
          false);
    } catch (ExecutionException e) {
      throw failed(e);
    }
  }

  /** Chooses among what a server has. */
  private interface Choice {
    List<Ref> among(FetchConnection connection);
  }

  private List<Ref> fetched(Choice choice, Collection<RefSpec> asked, boolean shallow)
      throws IOException, CommandException, ExecutionException {
    requireNoProxy(url, System.getenv().keySet());
    if (url.isLocal() && !Files.isDirectory(Path.of(URI.create(url.toString())))) {
      throw new CommandException(ExitCode.USAGE, url + ": there is no such folder");
    }
    try {
      return transfer.run(url.toString(), () -> fetch(choice, asked, shallow));
    } catch (ExecutionException e) {
      // Not every server can leave the history out.
      if (shallow && chain(e).stream().anyMatch(GitRepository::isAboutDepth)) {
        return transfer.run(url.toString(), () -> fetch(choice, asked, false));
      }
      throw e;
    }
  }

  /** JGit would pass it by, and show a server what the proxy is there to hide. */
  static void requireNoProxy(GitUrl url, Set<String> variables) throws CommandException {
    for (String variable : variables) {
      if (!url.isLocal() && PROXIES.contains(variable.toLowerCase(Locale.ROOT))) {
        throw new CommandException(
            ExitCode.OUTSIDE_FAILED,
            url + ": the environment has " + variable + ", which --git cannot use",
            "fetch it yourself and give a folder: --git file:///PATH");
      }
    }
  }

  private List<Ref> fetch(Choice choice, Collection<RefSpec> asked, boolean shallow)
      throws IOException, URISyntaxException {
    try (Transport transport = Transport.open(repository, new URIish(url.toString()))) {
      transport.setTimeout(TIMEOUT_SECONDS);
      transport.setTagOpt(TagOpt.NO_TAGS);
      transport.setFetchThin(false);
      transport.setObjectChecker(new ObjectChecker());
      if (shallow) {
        transport.setDepth(1);
      }
      try (FetchConnection connection = transport.openFetch(asked)) {
        if (!(connection instanceof BasePackFetchConnection)) {
          throw new TransportException(
              "expected a server that speaks Git's own protocol, found plain files");
        }
        List<Ref> chosen = choice.among(connection);
        if (!chosen.isEmpty()) {
          connection.fetch(transfer.monitor(), chosen, Set.of());
        }
        return chosen;
      }
    }
  }

  private static boolean isAboutDepth(Throwable e) {
    return e instanceof PackProtocolException
        && JGitText.get().shallowNotSupported.equals(e.getMessage());
  }

  private static List<Throwable> chain(Throwable outermost) {
    List<Throwable> chain = new ArrayList<>();
    Throwable each = outermost;
    while (each != null && chain.size() < MOST_CAUSES) {
      chain.add(each);
      each = each.getCause();
    }
    return chain;
  }

  private CommandException failed(ExecutionException e) {
    List<Throwable> chain = chain(e);
    for (Throwable each : chain) {
      if (each instanceof TooLargeObjectInPackException || each instanceof OutOfMemoryError) {
        return new CommandException(
            ExitCode.REFUSED,
            url + ": too large: expected files of at most " + transfer.limits().object() + " bytes",
            null,
            each);
      }
      if (each instanceof CorruptObjectException) {
        return new CommandException(
            ExitCode.REFUSED, url + ": malformed: " + Quoted.message(each), null, each);
      }
    }
    // The first only says that there is a second.
    Throwable cause = chain.get(Math.min(1, chain.size() - 1));
    Throwable last = chain.get(chain.size() - 1);
    boolean brokenOff = chain.stream().anyMatch(EOFException.class::isInstance);
    return new CommandException(
        ExitCode.OUTSIDE_FAILED,
        url + ": cannot be fetched: " + Quoted.message(cause),
        brokenOff
            ? "the server broke off; it may have a repository with ids of SHA-256, of which this"
                + " version cannot read any"
            : last == cause ? null : Quoted.message(last),
        cause);
  }

  /** The kind of an object, as {@link Constants} numbers it. */
  int type(ObjectId id) throws IOException, MalformedInputException {
    return open(id, ObjectReader.OBJ_ANY).getType();
  }

  /** A whole object. */
  byte[] read(ObjectId id, int type, int most) throws IOException, MalformedInputException {
    ObjectLoader loader = open(id, type);
    if (loader.getSize() > most) {
      throw new MalformedInputException(
          "expected a Git object of at most " + most + " bytes, found " + loader.getSize());
    }
    try {
      return loader.getCachedBytes(most);
    } catch (LargeObjectException | OutOfMemoryError e) {
      throw new MalformedInputException("expected a Git object of at most " + most + " bytes", e);
    }
  }

  /** The size of a plain file's or link's content, without reading it. */
  long size(ObjectId blob) throws IOException, MalformedInputException {
    try {
      return reader.getObjectSize(blob, Constants.OBJ_BLOB);
    } catch (MissingObjectException | IncorrectObjectTypeException | CorruptObjectException e) {
      throw new MalformedInputException(url + ": " + Quoted.message(e), e);
    }
  }

  /** Whether there is time to go on; see {@link Transfer#check}. */
  void check() throws IOException, CommandException {
    transfer.check(url.toString());
  }

  /** An object of this kind, to be read as a stream. */
  ObjectLoader open(ObjectId id, int type) throws IOException, MalformedInputException {
    try {
      return reader.open(id, type);
    } catch (MissingObjectException | IncorrectObjectTypeException | CorruptObjectException e) {
      throw new MalformedInputException(url + ": " + Quoted.message(e), e);
    } catch (LargeObjectException | OutOfMemoryError e) {
      // JGit makes whole objects of differences in memory.
      throw new MalformedInputException(url + ": too large for this process's memory", e);
    }
  }

  @Override
  public void close() {
    reader.close();
    repository.close();
  }
}
