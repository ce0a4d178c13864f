-- 0002: law loaded into a running installation: a decree as data, brought by one person and approved by another.
-- The law of a run = the files of the program + the loads approved when it was planned, in the order of their approval; run_law pins them.
-- All of it is only inserted. What a load says stands twice: as the bytes that were brought (the truth, named by its digest) and as rows people can ask for.

CREATE TABLE law_load (
    province_code smallint NOT NULL,
    load_no       int NOT NULL CHECK (load_no > 0),
    digest        bytea NOT NULL CHECK (length(digest) = 32),      -- SHA-256 over the SHA-256 of its files, in their order
    law_before    bytea NOT NULL CHECK (length(law_before) = 32),  -- the law it was held against
    row_count     int NOT NULL CHECK (row_count > 0),
    change_count  int NOT NULL CHECK (change_count > 0),
    made_by       text NOT NULL,
    loaded_at     timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, load_no),
    UNIQUE (province_code, load_no, made_by, digest),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE law_file (
    province_code smallint NOT NULL,
    load_no       int NOT NULL,
    file_no       int NOT NULL CHECK (file_no > 0),
    name          text NOT NULL,
    sha256        bytea NOT NULL CHECK (sha256 = sha256(content)),
    content       bytea NOT NULL,
    PRIMARY KEY (province_code, load_no, file_no),
    FOREIGN KEY (province_code, load_no) REFERENCES law_load
);

CREATE TABLE law_row (
    province_code smallint NOT NULL,
    load_no       int NOT NULL,
    row_no        int NOT NULL CHECK (row_no > 0),
    file          text NOT NULL,
    line          int NOT NULL CHECK (line > 1),
    shape         text NOT NULL CHECK (shape IN ('standard', 'rate', 'parameter', 'one_time', 'programme')),
    code          text NOT NULL CHECK (code <> ''),
    place         text NOT NULL CHECK (place = 'national' OR place ~ '^[0-9]{2}$'),
    applies_from  date NOT NULL,
    applies_to    date,
    instrument    text NOT NULL CHECK (instrument <> ''),
    in_force      date NOT NULL,
    end_in_force  date,
    value         text NOT NULL,                                    -- as the file says it: whole đồng, a coefficient, a number
    source        text NOT NULL CHECK (source <> ''),
    status        text NOT NULL CHECK (status IN ('verified', 'derived', 'verified-secondary', 'interpretation', 'derived-unverified', 'unverified', 'unverified (from memory)')),
    note          text NOT NULL,
    PRIMARY KEY (province_code, load_no, row_no),
    UNIQUE (province_code, load_no, shape, code, place, applies_from),
    FOREIGN KEY (province_code, load_no) REFERENCES law_load,
    CHECK (applies_from <= applies_to)
);

-- One decision a load. The keys bind it to the bytes and to the person who brought them.
CREATE TABLE law_decision (
    province_code smallint NOT NULL,
    load_no       int NOT NULL,
    decision      text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    decision_no   int NOT NULL CHECK (decision_no > 0),             -- the order in which loads became law
    person        text NOT NULL,
    made_by       text NOT NULL,
    digest        bytea NOT NULL,
    remark        text,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, load_no),
    UNIQUE (province_code, decision_no),
    FOREIGN KEY (province_code, load_no, made_by, digest) REFERENCES law_load (province_code, load_no, made_by, digest),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT law_approver_is_not_maker CHECK (decision <> 'approved' OR person <> made_by),
    CONSTRAINT law_rejected_with_remark CHECK (decision <> 'rejected' OR remark <> '')
);

CREATE TABLE run_law (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    load_no       int NOT NULL,
    PRIMARY KEY (province_code, month, run_no, load_no),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, load_no) REFERENCES law_load
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['law_load', 'law_file', 'law_row', 'law_decision', 'run_law'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        -- The law is the same for every commune of the province: all of the desk may read it, nobody may change it.
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
END $$;
