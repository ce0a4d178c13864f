-- 0011: how recalls went to the bank. The same recall has the same bytes and the same id: sending it twice asks once, so only outcomes are kept, each try with its own.

CREATE TABLE recall_sending (
    province_code smallint NOT NULL,
    recall_no     int NOT NULL,
    sending_no    int NOT NULL CHECK (sending_no > 0),
    channel       text NOT NULL CHECK (channel <> ''),
    outcome       text NOT NULL CHECK (outcome IN ('sent', 'refused', 'unknown')),
    evidence      text NOT NULL CHECK (evidence <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, recall_no, sending_no),
    FOREIGN KEY (province_code, recall_no) REFERENCES recall,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON recall_sending FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON recall_sending TO payengine_run;
GRANT SELECT ON recall_sending TO payengine_desk;
