-- 0016: who the people of the register are: numbers of every time, why a record changed, one person registered twice, heads of households,
-- and the exchange with the population database. F2 F3 F4 F5 F6 F7 F9 F14.

-- Numbers beside the one the register carries now: old CMND, a number of before a correction, the number of a merged record. A later row of the same number counts.
CREATE TABLE person_identifier (
    province_code    smallint NOT NULL,
    recipient_id     int NOT NULL,
    identifier_no    int NOT NULL CHECK (identifier_no > 0),
    id_number_key    smallint NOT NULL,
    id_number_cipher bytea NOT NULL,
    id_number_tag    bytea NOT NULL CHECK (length(id_number_tag) = 16),
    id_number_tail   text NOT NULL CHECK (length(id_number_tail) <= 4),
    figures          smallint NOT NULL CHECK (figures IN (9, 12)),
    valid_from       date,
    valid_to         date,
    source           text NOT NULL CHECK (source <> ''),
    person           text NOT NULL,
    at               timestamptz NOT NULL,
    operation_no     bigint NOT NULL,
    PRIMARY KEY (province_code, recipient_id, identifier_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (valid_from <= valid_to)
);
CREATE INDEX person_identifier_tag ON person_identifier (province_code, id_number_tag);

-- Every number a person ever had here: of each version of the record, and declared beside it.
CREATE VIEW person_number WITH (security_invoker = true) AS
SELECT province_code, recipient_id, id_number_tag, id_number_key, id_number_cipher, id_number_tail, NULL::date AS valid_from, NULL::date AS valid_to, known_from AS at, known_to = 'infinity' AS is_current, '' AS source
  FROM recipient WHERE id_number_tag IS NOT NULL
UNION ALL
SELECT province_code, recipient_id, id_number_tag, id_number_key, id_number_cipher, id_number_tail, valid_from, valid_to, at, false, source
  FROM person_identifier;

-- Why a record changed, where an operation says it person by person; an import says it by its file.
CREATE TABLE person_change (
    province_code smallint NOT NULL,
    recipient_id  int NOT NULL,
    operation_no  bigint NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('identifier', 'death', 'move', 'head', 'birth', 'correction', 'merged', 'merged_into', 'kept_apart')),
    event_on      date,
    known_on      date,
    why           text NOT NULL CHECK (why <> ''),
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, recipient_id, operation_no, kind),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Up to which moment the register has been searched for people registered twice.
CREATE TABLE duplicate_search (
    province_code smallint NOT NULL,
    search_no     int NOT NULL CHECK (search_no > 0),
    known_to      timestamptz NOT NULL,
    records       int NOT NULL,
    new_records   int NOT NULL,
    comparisons   bigint NOT NULL,
    crowded       int NOT NULL,
    found         int NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, search_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Two records that may be one person, with the rule that found them. Found once: the key keeps a pair from standing twice.
CREATE TABLE duplicate_pair (
    province_code smallint NOT NULL,
    pair_no       int NOT NULL CHECK (pair_no > 0),
    first_id      int NOT NULL,
    second_id     int NOT NULL,
    rule          smallint NOT NULL CHECK (rule BETWEEN 1 AND 8),
    score         smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
    number        smallint NOT NULL,
    name          smallint NOT NULL,
    birth         smallint NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, pair_no),
    UNIQUE (province_code, first_id, second_id),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (first_id < second_id)
);
CREATE INDEX duplicate_pair_second ON duplicate_pair (province_code, second_id);

-- A person's word on a pair. "Different" may be followed by "same" when more is known; "same" is final: both histories stay, and one of the two is paid from then on.
CREATE TABLE duplicate_decision (
    province_code smallint NOT NULL,
    pair_no       int NOT NULL,
    decision_no   int NOT NULL CHECK (decision_no IN (1, 2)),
    is_same       boolean NOT NULL,
    kept_id       int,
    merged_id     int,
    from_month    int,
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      int GENERATED ALWAYS AS (CASE WHEN decision_no > 1 THEN decision_no - 1 END) STORED,
    previous_same boolean GENERATED ALWAYS AS (CASE WHEN decision_no > 1 THEN false END) STORED,
    PRIMARY KEY (province_code, pair_no, decision_no),
    UNIQUE (province_code, pair_no, decision_no, is_same),
    FOREIGN KEY (province_code, pair_no) REFERENCES duplicate_pair,
    FOREIGN KEY (province_code, pair_no, previous, previous_same) REFERENCES duplicate_decision (province_code, pair_no, decision_no, is_same),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (is_same = (kept_id IS NOT NULL) AND is_same = (merged_id IS NOT NULL) AND is_same = (from_month IS NOT NULL) AND kept_id <> merged_id),
    CHECK (decision_no = 1 OR is_same)
);
-- A record is merged into one other, once.
CREATE UNIQUE INDEX merged_once ON duplicate_decision (province_code, merged_id) WHERE is_same;

-- Who heads a household from a day on. A head the program proposed after a death stands until the family names one.
CREATE TABLE household_head (
    province_code smallint NOT NULL,
    household_id  text NOT NULL,
    version       int NOT NULL CHECK (version > 0),
    recipient_id  int NOT NULL,
    from_day      date NOT NULL,
    is_proposed   boolean NOT NULL,
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, household_id, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE INDEX household_head_person ON household_head (province_code, recipient_id);

-- The exchange with the population database (Quy trình 3936): who of a commune was asked about, what came back, what a person decided about it.
CREATE TABLE population_exchange (
    province_code smallint NOT NULL,
    exchange_no   int NOT NULL CHECK (exchange_no > 0),
    commune_id    int NOT NULL,
    people        int NOT NULL CHECK (people > 0),
    file_name     text NOT NULL,
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, exchange_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE population_asked (
    province_code smallint NOT NULL,
    exchange_no   int NOT NULL,
    recipient_id  int NOT NULL,
    PRIMARY KEY (province_code, exchange_no, recipient_id),
    FOREIGN KEY (province_code, exchange_no) REFERENCES population_exchange
);
CREATE INDEX population_asked_person ON population_asked (province_code, recipient_id);

-- Their words on one person; another answer to the same question is the next one.
CREATE TABLE population_answer (
    province_code    smallint NOT NULL,
    exchange_no      int NOT NULL,
    recipient_id     int NOT NULL,
    answer_no        int NOT NULL CHECK (answer_no > 0),
    outcome          smallint NOT NULL CHECK (outcome BETWEEN 1 AND 3),
    id_number_key    smallint,
    id_number_cipher bytea,
    id_number_tag    bytea CHECK (length(id_number_tag) = 16),
    id_number_tail   text,
    full_name        text,
    birth            text,
    sex              smallint NOT NULL,
    death            date,
    commune_code     text,
    checked_on       date NOT NULL,
    note             text,
    differences      int NOT NULL,
    file_name        text NOT NULL,
    person           text NOT NULL,
    at               timestamptz NOT NULL,
    operation_no     bigint NOT NULL,
    previous         int GENERATED ALWAYS AS (CASE WHEN answer_no > 1 THEN answer_no - 1 END) STORED,
    PRIMARY KEY (province_code, exchange_no, recipient_id, answer_no),
    FOREIGN KEY (province_code, exchange_no, recipient_id) REFERENCES population_asked,
    FOREIGN KEY (province_code, exchange_no, recipient_id, previous) REFERENCES population_answer (province_code, exchange_no, recipient_id, answer_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- One decision an answer: what of it was taken over (0: ours stays).
CREATE TABLE population_decision (
    province_code smallint NOT NULL,
    exchange_no   int NOT NULL,
    recipient_id  int NOT NULL,
    answer_no     int NOT NULL,
    corrected     int NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, exchange_no, recipient_id, answer_no),
    FOREIGN KEY (province_code, exchange_no, recipient_id, answer_no) REFERENCES population_answer,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Each person's last answer over all exchanges, with its decision.
CREATE VIEW population_state WITH (security_invoker = true) AS
SELECT DISTINCT ON (a.province_code, a.recipient_id) a.province_code, a.recipient_id, a.exchange_no, a.answer_no, a.outcome, a.differences, a.checked_on, d.corrected,
       a.differences <> 0 AND d.corrected IS NULL AS is_undecided
  FROM population_answer a
  LEFT JOIN population_decision d USING (province_code, exchange_no, recipient_id, answer_no)
 ORDER BY a.province_code, a.recipient_id, a.at DESC, a.exchange_no DESC, a.answer_no DESC;

GRANT SELECT ON person_number, population_state TO payengine_run, payengine_desk;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['person_identifier', 'person_change', 'duplicate_search', 'duplicate_pair', 'duplicate_decision', 'household_head', 'population_exchange', 'population_asked',
                             'population_answer', 'population_decision'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['person_identifier', 'person_change', 'household_head', 'population_asked', 'population_answer', 'population_decision'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS ('
            'SELECT FROM dated_fact f WHERE f.province_code = %I.province_code AND f.recipient_id = %I.recipient_id AND f.known_to = ''infinity''))', t, t, t);
    END LOOP;
    EXECUTE 'ALTER TABLE population_exchange ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON population_exchange TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON population_exchange FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
    -- A pair is seen by whoever sees both of the two: of a person of another commune nothing is told.
    EXECUTE 'ALTER TABLE duplicate_pair ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON duplicate_pair TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON duplicate_pair FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR (
        EXISTS (SELECT FROM dated_fact f WHERE f.province_code = duplicate_pair.province_code AND f.recipient_id = duplicate_pair.first_id AND f.known_to = ''infinity'')
        AND EXISTS (SELECT FROM dated_fact f WHERE f.province_code = duplicate_pair.province_code AND f.recipient_id = duplicate_pair.second_id AND f.known_to = ''infinity'')))';
    EXECUTE 'ALTER TABLE duplicate_decision ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON duplicate_decision TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON duplicate_decision FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM duplicate_pair p WHERE p.province_code = duplicate_decision.province_code AND p.pair_no = duplicate_decision.pair_no))';
END $$;

-- People are looked for by name as it is typed: without marks, in any case. Both ends of a name are found by an index: how it begins, and (turned round) how it ends, which is the given name.
CREATE FUNCTION bare_name(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(translate(normalize(name, NFC), 'àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ', 'aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyydaaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd') COLLATE "C");
CREATE INDEX recipient_name ON recipient (province_code, bare_name(full_name) text_pattern_ops) WHERE known_to = 'infinity';
CREATE INDEX recipient_name_end ON recipient (province_code, reverse(bare_name(full_name)) text_pattern_ops) WHERE known_to = 'infinity';
