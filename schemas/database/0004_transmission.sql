-- 0004: release and transmission: where files to banks go, files withdrawn and renewed, windows approved anew, signatures attached, answers that are late.

-- Where the files to a paying bank go. A change is a new version: what was sent where, and who had said so, can be shown for ever. No secret is here:
-- of a login there is the path of its key file, of a server its public key.
CREATE TABLE bank_channel (
    province_code    smallint NOT NULL REFERENCES tenant,
    bank_bin         text NOT NULL CHECK (bank_bin ~ '^[0-9]{6}$'),
    version          int NOT NULL CHECK (version > 0),
    kind             text NOT NULL CHECK (kind IN ('folder', 'sftp', 'hand')),
    folder           text,
    host             text,
    port             int CHECK (port BETWEEN 1 AND 65535),
    login            text,
    key_file         text,
    host_key         text,
    takes_away       boolean NOT NULL,         -- the bank takes files away as it loads them
    with_manifest    boolean NOT NULL,         -- manifest and signature go before each file
    tries            int NOT NULL CHECK (tries BETWEEN 1 AND 10),
    time_out_seconds int NOT NULL CHECK (time_out_seconds BETWEEN 5 AND 3600),
    break_after      int NOT NULL CHECK (break_after BETWEEN 2 AND 100),
    break_seconds    int NOT NULL CHECK (break_seconds BETWEEN 1 AND 3600),
    person           text NOT NULL,
    at               timestamptz NOT NULL,
    operation_no     bigint NOT NULL,
    PRIMARY KEY (province_code, bank_bin, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((kind <> 'hand') = (folder IS NOT NULL)),
    CHECK ((kind = 'sftp') = (host IS NOT NULL AND port IS NOT NULL AND login IS NOT NULL AND key_file IS NOT NULL AND host_key IS NOT NULL)),
    CHECK (kind <> 'hand' OR (NOT takes_away AND NOT with_manifest))
);

-- A sealed file that never left is withdrawn, and its list is written again with other bytes (another day). The keys say that of one list there is one live
-- file: renewal k names the withdrawal of k-1, and a file is withdrawn once.
ALTER TABLE bank_file
    ADD COLUMN renewal smallint NOT NULL DEFAULT 1 CHECK (renewal BETWEEN 1 AND 99),
    ADD COLUMN renews  smallint GENERATED ALWAYS AS (CASE WHEN renewal > 1 THEN renewal - 1 END) STORED,
    DROP CONSTRAINT bank_file_province_code_list_hash_plain_key;
ALTER TABLE bank_file ADD CONSTRAINT bank_file_province_code_list_hash_plain_key UNIQUE (province_code, list_hash_plain, renewal);

CREATE TABLE bank_file_withdrawal (
    province_code   smallint NOT NULL,
    month           int NOT NULL,
    file_no         int NOT NULL,
    list_hash_plain bytea NOT NULL,
    renewal         smallint NOT NULL,
    person          text NOT NULL,
    reason          text NOT NULL CHECK (reason <> ''),
    at              timestamptz NOT NULL,
    operation_no    bigint NOT NULL,
    PRIMARY KEY (province_code, month, file_no),
    UNIQUE (province_code, list_hash_plain, renewal),
    FOREIGN KEY (province_code, month, file_no) REFERENCES bank_file,
    FOREIGN KEY (province_code, list_hash_plain, renewal) REFERENCES bank_file (province_code, list_hash_plain, renewal),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
ALTER TABLE bank_file ADD CONSTRAINT renewed_after_withdrawal FOREIGN KEY (province_code, list_hash_plain, renews)
    REFERENCES bank_file_withdrawal (province_code, list_hash_plain, renewal);

-- The approved window of execution dates of a run whose days are over, asked for by one person and approved by another; the list stays as it was approved.
CREATE TABLE run_window (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    run_no         int NOT NULL,
    window_no      int NOT NULL CHECK (window_no > 0),
    execution_from date NOT NULL,
    execution_to   date NOT NULL,
    content_hash   bytea NOT NULL CHECK (length(content_hash) = 32),
    asked_by       text NOT NULL,
    reason         text NOT NULL CHECK (reason <> ''),
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, window_no),
    UNIQUE (province_code, month, run_no, window_no, asked_by, content_hash),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (execution_from <= execution_to)
);

CREATE TABLE run_window_approval (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    window_no     int NOT NULL,
    person        text NOT NULL,
    asked_by      text NOT NULL,
    made_by       text NOT NULL,
    content_hash  bytea NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, window_no),
    FOREIGN KEY (province_code, month, run_no, window_no, asked_by, content_hash) REFERENCES run_window (province_code, month, run_no, window_no, asked_by, content_hash),
    FOREIGN KEY (province_code, month, run_no, made_by) REFERENCES run (province_code, month, run_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT window_approver_is_another CHECK (person <> asked_by AND person <> made_by)
);

-- A signature over a file's manifest that was made elsewhere (a token, an HSM) and attached.
CREATE TABLE manifest_signature (
    province_code      smallint NOT NULL,
    month              int NOT NULL,
    file_no            int NOT NULL,
    signature_no       int NOT NULL CHECK (signature_no > 0),
    manifest_sha256    bytea NOT NULL CHECK (length(manifest_sha256) = 32),
    signature_sha256   bytea NOT NULL CHECK (length(signature_sha256) = 32),
    certificate_sha256 bytea NOT NULL CHECK (length(certificate_sha256) = 32),
    subject            text NOT NULL,
    person             text NOT NULL,
    at                 timestamptz NOT NULL,
    operation_no       bigint NOT NULL,
    PRIMARY KEY (province_code, month, file_no, signature_no),
    UNIQUE (province_code, month, file_no, signature_sha256),
    FOREIGN KEY (province_code, month, file_no) REFERENCES bank_file_seal,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- A fourth outcome of a hand-over: the file was still in the channel with the same bytes, and is out of it again. It comes after 'sent'.
ALTER TABLE hand_over_outcome DROP CONSTRAINT hand_over_outcome_outcome_check;
ALTER TABLE hand_over_outcome ADD CONSTRAINT hand_over_outcome_outcome_check CHECK (outcome IN ('sent', 'refused', 'unknown', 'recovered'));

-- A late answer is a case about a file; one for each cause, also after it was closed. An entry in suspense can have a case of each kind.
ALTER TABLE payment_case ADD COLUMN file_no int;
CREATE UNIQUE INDEX one_late_case ON payment_case (province_code, month, run_no, file_no, kind) WHERE file_no IS NOT NULL;
DROP INDEX one_suspense_case;
CREATE UNIQUE INDEX one_suspense_case ON payment_case (province_code, import_no, entry_no, detail_no, kind) WHERE import_no IS NOT NULL;

-- ---------------------------------------------------------------------------------------------------------------------
-- Views
-- ---------------------------------------------------------------------------------------------------------------------

-- Files that were not withdrawn.
CREATE VIEW standing_file WITH (security_invoker = true) AS
SELECT f.* FROM bank_file f
 WHERE NOT EXISTS (SELECT FROM bank_file_withdrawal w WHERE w.province_code = f.province_code AND w.month = f.month AND w.file_no = f.file_no);

-- The batches and files in which a bank attempt was ever written; all but one of them withdrawn.
CREATE VIEW attempt_in_file WITH (security_invoker = true) AS
SELECT a.province_code, a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, b.month AS file_month, b.file_no, b.batch_no, b.sum_vnd AS batch_vnd
  FROM attempt a
  JOIN (SELECT b.*, f.run_no FROM batch b JOIN bank_file f USING (province_code, month, file_no) OFFSET 0) b
    ON b.province_code = a.province_code AND b.month = a.carried_month AND b.run_no = a.carried_run AND b.origin_month = a.month AND b.origin_run = a.run_no
   AND b.route_no = a.route_no AND a.line_no BETWEEN b.line_from AND b.line_to
 WHERE a.kind = 1;

-- The batch and file a bank attempt stands in.
CREATE OR REPLACE VIEW attempt_batch WITH (security_invoker = true) AS
SELECT a.province_code, a.month, a.run_no, a.line_no, a.attempt, a.amount_vnd, b.month AS file_month, b.file_no, b.batch_no, b.sum_vnd AS batch_vnd
  FROM attempt a
  JOIN (SELECT b.*, f.run_no FROM batch b JOIN standing_file f USING (province_code, month, file_no) OFFSET 0) b
    ON b.province_code = a.province_code AND b.month = a.carried_month AND b.run_no = a.carried_run AND b.origin_month = a.month AND b.origin_run = a.run_no
   AND b.route_no = a.route_no AND a.line_no BETWEEN b.line_from AND b.line_to
 WHERE a.kind = 1;

-- Files that the bank has or may have: an intent stands that was neither refused nor taken back out of the channel.
CREATE OR REPLACE VIEW handed_file WITH (security_invoker = true) AS
SELECT DISTINCT h.province_code, h.month, h.file_no
  FROM hand_over h
  LEFT JOIN hand_over_outcome o ON o.province_code = h.province_code AND o.month = h.month AND o.file_no = h.file_no AND o.hand_over_no = h.hand_over_no AND o.outcome IN ('refused', 'recovered')
 WHERE o.outcome IS NULL;

-- The window of execution dates that counts for a run: the one approved last.
CREATE VIEW approved_window WITH (security_invoker = true) AS
SELECT r.province_code, r.month, r.run_no, coalesce(w.execution_from, r.execution_from) AS execution_from, coalesce(w.execution_to, r.execution_to) AS execution_to
  FROM run r
  LEFT JOIN LATERAL (SELECT w.execution_from, w.execution_to FROM run_window w JOIN run_window_approval a USING (province_code, month, run_no, window_no)
                      WHERE w.province_code = r.province_code AND w.month = r.month AND w.run_no = r.run_no ORDER BY w.window_no DESC LIMIT 1) w ON true;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['bank_channel', 'bank_file_withdrawal', 'run_window', 'run_window_approval', 'manifest_signature'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['standing_file', 'attempt_in_file', 'approved_window'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO payengine_run, payengine_desk', t);
    END LOOP;
END $$;
