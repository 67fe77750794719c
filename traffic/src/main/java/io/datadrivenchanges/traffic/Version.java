package io.datadrivenchanges.traffic;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The version of a command: that of the jar it was built into.
public final class Version implements IVersionProvider {
    @Spec
    private @Nullable CommandSpec command;

    @Override
    public String[] getVersion() {
        if (command == null) {
            throw new IllegalStateException("not part of a command line");
        }
        String version = command.userObject().getClass().getPackage().getImplementationVersion();
        return new String[]{command.name() + " " + (version == null ? "(not built into a jar)" : version)};
    }
}
