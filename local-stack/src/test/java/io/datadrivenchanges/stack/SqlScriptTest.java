package io.datadrivenchanges.stack;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SqlScriptTest {

    @Test
    void splitsAtSemicolons() {
        assertThat(SqlScript.statements("CREATE ROLE a;\nCREATE DATABASE b OWNER a;\n"))
                .containsExactly("CREATE ROLE a", "CREATE DATABASE b OWNER a");
    }

    @Test
    void takesTheLastStatementWithoutSemicolon() {
        assertThat(SqlScript.statements("SELECT 1; SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void keepsSemicolonsInTextNamesAndBodies() {
        assertThat(SqlScript.statements("SELECT ';', 'it''s;'; SELECT \";\"; DO $$ BEGIN; END; $$;"))
                .containsExactly("SELECT ';', 'it''s;'", "SELECT \";\"", "DO $$ BEGIN; END; $$");
    }

    @Test
    void leavesCommentsOut() {
        assertThat(SqlScript.statements("-- first; comment\nSELECT 1; /* a; b */ SELECT 2 -- end"))
                .containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void findsNothingInAnEmptyScript() {
        assertThat(SqlScript.statements(" ;\n-- nothing\n;")).isEmpty();
    }
}
