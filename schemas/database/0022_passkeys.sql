-- 0022: what the web door keeps: passkeys (WebAuthn), the public half of what an authenticator keeps for a person. A challenge is answered once.
-- A row changes with each use (its counter), so the block of its operation names the credential's fingerprint instead of covering the row.

CREATE TABLE user_passkey (
    province_code      smallint NOT NULL,
    user_name          text NOT NULL,
    passkey_no         int NOT NULL CHECK (passkey_no > 0),
    credential_id      bytea NOT NULL CHECK (length(credential_id) BETWEEN 16 AND 1023),
    public_key         bytea NOT NULL,                  -- COSE
    sign_count         bigint NOT NULL CHECK (sign_count >= 0),
    transports         text[] NOT NULL,
    is_user_verified   boolean NOT NULL CHECK (is_user_verified),
    is_backup_eligible boolean NOT NULL,
    is_backed_up       boolean NOT NULL,
    attestation_object bytea NOT NULL,
    client_data        bytea NOT NULL,
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    made_at            timestamptz NOT NULL,
    last_used_at       timestamptz,
    removed_at         timestamptz,
    PRIMARY KEY (province_code, user_name, passkey_no),
    -- Also of removed ones: a credential belongs to one person for ever.
    UNIQUE (province_code, credential_id),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user
);
COMMENT ON TABLE user_passkey IS 'scale: reference';

-- The key decides between two answers to one challenge.
CREATE TABLE passkey_challenge (
    province_code  smallint NOT NULL REFERENCES tenant,
    challenge_hash bytea NOT NULL CHECK (length(challenge_hash) = 32),
    answered_at    timestamptz NOT NULL,
    PRIMARY KEY (province_code, challenge_hash)
);
COMMENT ON TABLE passkey_challenge IS 'scale: reference';

GRANT SELECT, INSERT ON user_passkey, passkey_challenge TO payengine_run;
GRANT UPDATE (sign_count, is_backed_up, name, last_used_at, removed_at) ON user_passkey TO payengine_run;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON passkey_challenge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a program has asked once is answered once: the idempotency keys of the API. A key is taken before the work and gets the answer after it.
-- A row is working state (the operation behind it has its own key, its own rows and its block): it is updated once, and goes after its time.

CREATE TABLE api_request (
    province_code smallint NOT NULL,
    user_name     text NOT NULL,
    request_key   text NOT NULL CHECK (length(request_key) BETWEEN 1 AND 128),
    request_hash  bytea NOT NULL CHECK (length(request_hash) = 32),
    job           text NOT NULL CHECK (job ~ '^[0-9a-f]{32}$'),
    begun_at      timestamptz NOT NULL,
    status        int CHECK (status BETWEEN 200 AND 499),
    answer        bytea,                         -- sealed by the door's keys: it may speak of people
    PRIMARY KEY (province_code, user_name, request_key),
    UNIQUE (province_code, job),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user,
    CHECK ((status IS NULL) = (answer IS NULL))
);
COMMENT ON TABLE api_request IS 'scale: reference';
CREATE INDEX api_request_age ON api_request (province_code, begun_at);

-- No role of the program deletes: what is over its time goes by the owner's function, a few at a time, and nothing younger than a day can.
CREATE FUNCTION forget_api_requests(of_province smallint, begun_before timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    DELETE FROM api_request r WHERE r.province_code = of_province AND (r.user_name, r.request_key) IN
           (SELECT o.user_name, o.request_key FROM api_request o WHERE o.province_code = of_province AND o.begun_at < least(begun_before, now() - interval '1 day') ORDER BY o.begun_at LIMIT 20)
$$;
REVOKE ALL ON FUNCTION forget_api_requests(smallint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_api_requests(smallint, timestamptz) TO payengine_run;

GRANT SELECT, INSERT ON api_request TO payengine_run;
GRANT UPDATE (status, answer) ON api_request TO payengine_run;
