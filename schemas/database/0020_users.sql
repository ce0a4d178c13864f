-- 0020: the people who use it: their second factor, what administrators change about them (two where there are two), and what happened at the door.

-- Authenticator apps (RFC 6238). A new one ends the one before; a code counts once: last_step only rises.
CREATE TABLE user_totp (
    province_code smallint NOT NULL,
    user_name     text NOT NULL,
    factor_no     int NOT NULL CHECK (factor_no > 0),
    secret_key    smallint NOT NULL,
    secret_cipher bytea NOT NULL,
    made_at       timestamptz NOT NULL,
    confirmed_at  timestamptz,
    ended_at      timestamptz,
    last_step     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (province_code, user_name, factor_no),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user
);
CREATE UNIQUE INDEX user_totp_live ON user_totp (province_code, user_name) WHERE confirmed_at IS NOT NULL AND ended_at IS NULL;

-- What an administrator asks for about a user. It stands with the answer of a second one; where the province has one administrator only, who adds and gives roles alone, the row says so (alone).
CREATE TABLE user_change (
    province_code smallint NOT NULL,
    change_no     int NOT NULL CHECK (change_no > 0),
    user_name     text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('add', 'roles', 'recover')),
    roles         text[],
    reason        text NOT NULL,
    alone         boolean NOT NULL,
    asked_by      text NOT NULL,
    asked_at      timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, change_no),
    UNIQUE (province_code, change_no, user_name, asked_by),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT recovery_takes_two CHECK (kind <> 'recover' OR NOT alone),
    CONSTRAINT nobody_changes_themselves CHECK (kind = 'add' OR asked_by <> user_name),
    CHECK ((kind = 'roles') = (roles IS NOT NULL))
);

CREATE TABLE user_change_answer (
    province_code smallint NOT NULL,
    change_no     int NOT NULL,
    user_name     text NOT NULL,
    asked_by      text NOT NULL,
    answer        text NOT NULL CHECK (answer IN ('approved', 'rejected')),
    remark        text NOT NULL DEFAULT '',
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, change_no),
    FOREIGN KEY (province_code, change_no, user_name, asked_by) REFERENCES user_change (province_code, change_no, user_name, asked_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT second_administrator CHECK (answer <> 'approved' OR (person <> asked_by AND person <> user_name))
);

-- Logins, wrong ones too, and what else happens at the door. A name that is no user's is kept as typed, cut to 40 characters.
CREATE TABLE user_event (
    province_code smallint NOT NULL REFERENCES tenant,
    event_no      bigint GENERATED ALWAYS AS IDENTITY,
    user_name     text NOT NULL CHECK (length(user_name) <= 40),
    event         text NOT NULL CHECK (event IN ('login', 'login_wrong', 'login_locked', 'code_wrong', 'confirmed', 'logout', 'logout_everywhere', 'totp_enrolled', 'password_changed', 'unlocked', 'key_renewed', 'ended', 'refused')),
    door          text NOT NULL CHECK (door IN ('cli', 'web', 'api')),
    by            text NOT NULL DEFAULT '',
    at            timestamptz NOT NULL,
    PRIMARY KEY (province_code, event_no)
);
CREATE INDEX user_event_name ON user_event (province_code, user_name, event_no);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['user_totp', 'user_change', 'user_change_answer', 'user_event'] LOOP
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['user_change', 'user_change_answer', 'user_event'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
END $$;
GRANT UPDATE (confirmed_at, ended_at, last_step) ON user_totp TO payengine_run;
