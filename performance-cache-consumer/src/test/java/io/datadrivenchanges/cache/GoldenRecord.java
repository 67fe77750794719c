package io.datadrivenchanges.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A record that publisher and cache agree on, byte by byte.
record GoldenRecord(String key, String value) {
    private static final Path FILE = Path.of("../docs/topic/courier-performance.jsonl");

    static List<GoldenRecord> all() {
        try {
            List<GoldenRecord> records = new ArrayList<>();
            for (String line : Files.readAllLines(FILE)) {
                records.add(of(line));
            }
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GoldenRecord of(String line) {
        String key = "";
        String value = "";
        try (JsonParser json = JsonFactory.builder().build().createParser(ObjectReadContext.empty(), line)) {
            json.nextToken();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                String text = json.getString();
                if (name.equals("key")) {
                    key = text;
                } else {
                    value = text;
                }
            }
        }
        return new GoldenRecord(key, value);
    }
}
