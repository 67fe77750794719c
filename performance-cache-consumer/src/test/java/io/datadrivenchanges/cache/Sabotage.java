package io.datadrivenchanges.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;

/// The classes of this package a second time, with the answer of one method fixed: a defence removed. What an ordinary test
/// asserts has to fail there, or it does not watch over that defence.
final class Sabotage extends ClassLoader {
    private static final String PACKAGE = Sabotage.class.getPackageName() + ".";

    private final String target;
    private final String method;
    private final boolean answer;

    private Sabotage(Class<?> target, String method, boolean answer) {
        super(Sabotage.class.getClassLoader());
        this.target = target.getName();
        this.method = method;
        this.answer = answer;
    }

    /// Removes a defence.
    ///
    /// @param method of the class, without overloads, that says yes or no
    /// @param answer what it always says instead
    static Sabotage of(Class<?> target, String method, boolean answer) {
        return new Sabotage(target, method, answer);
    }

    /// Runs a test method, and says what it found wrong.
    ///
    /// @param arguments of types that are not of this package
    Optional<AssertionError> findingOf(Class<?> test, String name, Object... arguments)
            throws ReflectiveOperationException {
        Class<?> again = loadClass(test.getName());
        Constructor<?> constructor = again.getDeclaredConstructor();
        constructor.setAccessible(true);
        for (Method candidate : again.getDeclaredMethods()) {
            if (candidate.getName().equals(name)) {
                candidate.setAccessible(true);
                try {
                    candidate.invoke(constructor.newInstance(), arguments);
                    return Optional.empty();
                } catch (InvocationTargetException e) {
                    if (e.getCause() instanceof AssertionError finding) {
                        return Optional.of(finding);
                    }
                    throw e;
                }
            }
        }
        throw new NoSuchMethodException(name);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (!name.startsWith(PACKAGE)) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = bytes(name);
        if (name.equals(target)) {
            bytes = withFixedAnswer(bytes);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] withFixedAnswer(byte[] bytes) {
        var found = new boolean[1];
        ClassTransform fixed = (builder, element) -> {
            if (element instanceof MethodModel model && model.methodName().equalsString(method)) {
                found[0] = true;
                builder.withMethodBody(model.methodName(), model.methodType(), model.flags().flagsMask(),
                        code -> code.loadConstant(answer ? 1 : 0).ireturn());
            } else {
                builder.with(element);
            }
        };
        byte[] sabotaged = ClassFile.of().transformClass(ClassFile.of().parse(bytes), fixed);
        if (!found[0]) {
            throw new IllegalStateException(target + " has no method " + method);
        }
        return sabotaged;
    }
}
