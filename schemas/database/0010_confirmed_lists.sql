-- 0010: a bank that sends no statements: its result list proves what became of the payments once two persons have confirmed it, each on what ground.
-- What it then proves stands as facts of level 6 beside the rows of the list; they count like every fact, and a certificate names them.

CREATE TABLE list_confirmation (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    person        text NOT NULL,
    why           text NOT NULL CHECK (why <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no),
    UNIQUE (province_code, import_no, person),
    FOREIGN KEY (province_code, import_no) REFERENCES inbox_applied,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- The second person's word makes it count.
CREATE TABLE list_second_confirmation (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    person        text NOT NULL,
    first_person  text NOT NULL,
    why           text NOT NULL CHECK (why <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no),
    FOREIGN KEY (province_code, import_no, first_person) REFERENCES list_confirmation (province_code, import_no, person),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT list_confirmed_by_two CHECK (person <> first_person)
);

CREATE INDEX bank_fact_confirmed ON bank_fact (province_code, import_no) WHERE level = 6;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['list_confirmation', 'list_second_confirmation'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
END $$;
