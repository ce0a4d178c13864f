-- 0007: recalls: a bank is asked to take payments back. A recall changes no state of a payment: what the bank does about it comes as evidence, like everything else.
-- Both tables are only inserted. The rows fix every byte of the message or list, so that the same recall can be written again at any time.

CREATE TABLE recall (
    province_code smallint NOT NULL,
    recall_no     int NOT NULL CHECK (recall_no BETWEEN 1 AND 999999),
    recall_id     text NOT NULL,
    form          text NOT NULL CHECK (form IN ('camt055', 'list')),
    month         int NOT NULL,               -- the file in which the payments were sent
    file_no       int NOT NULL,
    reason        text NOT NULL CHECK (reason IN ('DUPL', 'AM09', 'AC03', 'TECH', 'UPAY', 'FRAD')),
    made_at       timestamptz NOT NULL,       -- stands in the message as CreDtTm
    person        text NOT NULL,
    items         int NOT NULL CHECK (items BETWEEN 1 AND 999),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, recall_no),
    UNIQUE (province_code, recall_id),
    FOREIGN KEY (province_code, month, file_no) REFERENCES bank_file,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- A payment is recalled once: its key is that rule.
CREATE TABLE recall_payment (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,
    recall_no     int NOT NULL,
    place         int NOT NULL CHECK (place BETWEEN 1 AND 999),
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    PRIMARY KEY (province_code, month, run_no, line_no, attempt),
    UNIQUE (province_code, recall_no, place),
    FOREIGN KEY (province_code, recall_no) REFERENCES recall,
    FOREIGN KEY (province_code, month, run_no, line_no, attempt) REFERENCES attempt (province_code, month, run_no, line_no, attempt)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['recall', 'recall_payment'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
END $$;

-- Who may see the disbursement may see that its payment is recalled.
ALTER TABLE recall_payment ENABLE ROW LEVEL SECURITY;
CREATE POLICY run_all ON recall_payment TO payengine_run USING (true) WITH CHECK (true);
CREATE POLICY desk_scope ON recall_payment FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
    SELECT FROM disbursement d WHERE d.province_code = recall_payment.province_code AND d.month = recall_payment.month AND d.run_no = recall_payment.run_no AND d.line_no = recall_payment.line_no));
