using NodaTime;
using Npgsql;
using NpgsqlTypes;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres.Register;

/// <summary>An account or identity number as the store keeps it: cipher text with its key's number, a keyed tag for equality, the last four figures.</summary>
/// <param name="Key">Number of the data key.</param>
/// <param name="Cipher">AES-256-GCM cipher text.</param>
/// <param name="Tag">16 bytes; equal numbers have equal tags.</param>
/// <param name="Tail">At most the last four characters.</param>
public readonly record struct SealedNumber(short Key, byte[] Cipher, byte[] Tag, string Tail);

/// <summary>Where a staged row stands: the file of the command (from 1) and the line in it.</summary>
public readonly record struct StagedAt(short FileNo, int Line);

/// <summary>The rows of the files of one import, brought by COPY into temporary tables of one session: outside the transaction that applies them, and gone with the session.</summary>
/// <remarks>Numbers of accounts and of identity are sealed before they get here; no table, temporary or not, ever holds one in clear.</remarks>
public sealed class RegisterStage(DatabaseSession session)
{
    int rows;

    /// <summary>Rows staged so far, of all kinds.</summary>
    public int Rows => rows;

    const string Tables = """
        -- RegisterStage.Tables
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_area (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            commune_code text NOT NULL, name text NOT NULL, valid_from date, valid_to date, successors text NOT NULL);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_payer (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            payer_code text NOT NULL, name text NOT NULL, short_name text NOT NULL, kind text NOT NULL, programmes smallint[] NOT NULL, commune_codes text[] NOT NULL,
            counts_from int NOT NULL, debtor_bin text NOT NULL, account_key smallint NOT NULL, account_cipher bytea NOT NULL, account_tag bytea NOT NULL,
            account_tail text NOT NULL, account_name text NOT NULL, customer_no text, valid_from date, valid_to date);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_person (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            person_id text NOT NULL, id_number_key smallint, id_number_cipher bytea, id_number_tag bytea, id_number_tail text, full_name text NOT NULL,
            sex smallint NOT NULL, birth_year smallint NOT NULL, birth_month smallint NOT NULL, birth_day smallint NOT NULL, death date,
            facts_from int NOT NULL, recorded_on date, home_province text NOT NULL, commune_code text NOT NULL, special_area boolean, household_id text, spouse_id text,
            poverty smallint NOT NULL, supporter smallint NOT NULL, alone smallint NOT NULL, other_income smallint NOT NULL, other_income_vnd bigint,
            disability smallint NOT NULL, disability_cert_on date, studying boolean, study_broken boolean, hamlet text, address text, phone text, contact text, in_facility boolean);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_award (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            award_id text NOT NULL, person_id text NOT NULL, programme smallint NOT NULL, category text NOT NULL, category_no smallint NOT NULL, variant_no smallint NOT NULL,
            facts_from int NOT NULL, recorded_on date, filed_on date, decision_no text, decided_on date, board_on date, event_on date, first_month int, last_month int,
            end_reason text, on_roll_since int, converted_from text, degree_pct smallint, class smallint NOT NULL, special boolean, at_home boolean, valid_exam boolean,
            full_time boolean, seniority_units smallint, decoration text, martyrs smallint, service_half_years smallint, deceased_id text, deceased_category text,
            deceased_pct smallint, deceased_on date, relation smallint NOT NULL, children smallint, children_births date[], pregnant boolean, about_person_id text,
            treatment_days smallint, declared_wage_vnd bigint, suspended_from int, suspended_to int, suspend_reason smallint NOT NULL, released_on date, reapplied_on date, reviewed_on date,
            review_result smallint NOT NULL);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_payee (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            person_id text NOT NULL, award_id text, programme smallint, payee_ref text, payee_name text NOT NULL, role smallint NOT NULL, basis text, basis_no text, basis_on date, basis_issuer text,
            valid_from date, valid_to date, channel smallint NOT NULL, wish smallint NOT NULL, wish_on date, bank_bin text, account_key smallint, account_cipher bytea,
            account_tag bytea, account_tail text, holder_name text, pay_commune text, pay_point text, at_home boolean);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_standard (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            home_province text NOT NULL, standard_code text NOT NULL, amount_vnd bigint NOT NULL, valid_from date NOT NULL, valid_to date, source text NOT NULL, status text NOT NULL);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_recoupment (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            person_id text NOT NULL, award_id text, decision_no text NOT NULL, decided_on date NOT NULL, from_month int NOT NULL, monthly_vnd bigint NOT NULL, recorded_on date);
        CREATE TEMPORARY TABLE IF NOT EXISTS stage_paid (
            row_no int NOT NULL, file_no smallint NOT NULL, line int NOT NULL,
            person_id text NOT NULL, award_id text NOT NULL, month int NOT NULL, component text NOT NULL, amount_vnd bigint NOT NULL);
        TRUNCATE stage_area, stage_payer, stage_person, stage_award, stage_payee, stage_standard, stage_recoupment, stage_paid;
        """;

    // Temporary tables are not analysed by the server on its own, and the plans of the checks hang on their size.
    const string Analyse = """
        -- RegisterStage.Analyse
        ANALYZE stage_area; ANALYZE stage_payer; ANALYZE stage_person; ANALYZE stage_award; ANALYZE stage_payee; ANALYZE stage_standard; ANALYZE stage_recoupment; ANALYZE stage_paid;
        """;

    /// <summary>Makes the temporary tables of the session, empty.</summary>
    public async Task OpenAsync(CancellationToken cancel) => await session.ExecuteAsync(Tables, cancel: cancel);

    /// <summary>Tells the planner what was staged.</summary>
    public async Task AnalyseAsync(CancellationToken cancel) => await session.ExecuteAsync(Analyse, cancel: cancel);

    public Task<long> AreasAsync(IEnumerable<(StagedAt At, Area Row)> areas, CancellationToken cancel) => CopyAsync("stage_area", areas, (copy, area) =>
    {
        Text(copy, area.CommuneCode, area.Name);
        Date(copy, area.ValidFrom, area.ValidTo);
        Text(copy, string.Join(';', area.SuccessorCodes));
    }, cancel);

    public Task<long> PayersAsync(IEnumerable<(StagedAt At, PayerRow Row)> payers, Func<string, AccountNumber, SealedNumber> seal, CancellationToken cancel) => CopyAsync("stage_payer", payers, (copy, payer) =>
    {
        Text(copy, payer.PayerCode, payer.Name, payer.ShortName, payer.Kind == PayerKind.Commune ? "commune" : "department");
        copy.Write(payer.Programmes.Select(programme => (short)programme).Order().ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint);
        copy.Write(payer.CommuneCodes.Order(StringComparer.Ordinal).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        copy.Write(payer.CountsFrom.Key(), NpgsqlDbType.Integer);
        Text(copy, payer.DebtorBankBin);
        Sealed(copy, seal(payer.DebtorBankBin, payer.DebtorAccountNo));
        Text(copy, payer.DebtorAccountName, payer.CustomerNo);
        Date(copy, payer.ValidFrom, payer.ValidTo);
    }, cancel);

    public Task<long> PeopleAsync(IEnumerable<(StagedAt At, PersonFacts Row)> people, Func<string, SealedNumber> seal, CancellationToken cancel) => CopyAsync("stage_person", people, (copy, person) =>
    {
        Text(copy, person.PersonId);
        Sealed(copy, person.IdNumber is { } number ? seal(number) : null);
        Text(copy, person.FullName);
        Small(copy, (short)person.Sex, person.Birth.Year, person.Birth.Month, person.Birth.Day);
        Date(copy, person.Death);
        copy.Write(person.FactsFrom?.Key() ?? 0, NpgsqlDbType.Integer);
        Date(copy, person.RecordedOn);
        Text(copy, person.ProvinceCode, person.CommuneCode);
        Flag(copy, person.SpecialArea);
        Text(copy, person.HouseholdId, person.SpouseId);
        Small(copy, (short)person.Poverty, (short)person.Supporter, (short)person.Alone, (short)person.OtherIncome);
        Big(copy, person.OtherIncomeVnd);
        Small(copy, (short)person.Disability);
        Date(copy, person.DisabilityCertificateOn);
        Flag(copy, person.Studying, person.StudyBroken);
        Text(copy, person.Hamlet, person.Address, person.Phone, person.Contact);
        Flag(copy, person.InFacility);
    }, cancel);

    public Task<long> AwardsAsync(IEnumerable<(StagedAt At, Award Row)> awards, CancellationToken cancel) => CopyAsync("stage_award", awards, (copy, award) =>
    {
        Text(copy, award.AwardId, award.PersonId);
        Small(copy, (short)award.Programme);
        Text(copy, award.Category);
        Small(copy, AwardCategories.NumberOf(award.Category), AwardCategories.VariantOf(award.Class, award.DegreePct));
        copy.Write(award.FactsFrom?.Key() ?? 0, NpgsqlDbType.Integer);
        Date(copy, award.RecordedOn, award.FiledOn);
        Text(copy, award.DecisionNo);
        Date(copy, award.DecidedOn, award.BoardOn, award.EventOn);
        Month(copy, award.FirstMonth, award.LastMonth);
        Text(copy, award.EndReason);
        Month(copy, award.OnRollSince);
        Text(copy, award.ConvertedFrom);
        Small(copy, award.DegreePct, (short)award.Class);
        Flag(copy, award.Special, award.AtHome, award.ValidExam, award.FullTime);
        Small(copy, award.SeniorityUnits);
        Text(copy, award.Decoration);
        Small(copy, award.Martyrs, award.ServiceHalfYears);
        Text(copy, award.DeceasedId, award.DeceasedCategory);
        Small(copy, award.DeceasedPct);
        Date(copy, award.DeceasedOn);
        Small(copy, (short)award.Relation, award.Children);
        if (award.ChildrenBirths.Count == 0) copy.WriteNull();
        else copy.Write(award.ChildrenBirths.Select(DateOf).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Date);
        Flag(copy, award.Pregnant);
        Text(copy, award.AboutPersonId);
        Small(copy, award.TreatmentDays);
        Big(copy, award.DeclaredWageVnd);
        Month(copy, award.SuspendedFrom, award.SuspendedTo);
        Small(copy, (short)award.SuspendReason);
        Date(copy, award.ReleasedOn, award.ReappliedOn, award.ReviewedOn);
        Small(copy, (short)award.ReviewResult);
    }, cancel);

    public Task<long> PayeesAsync(IEnumerable<(StagedAt At, Payee Row)> payees, Func<string, AccountNumber, SealedNumber> seal, CancellationToken cancel) => CopyAsync("stage_payee", payees, (copy, payee) =>
    {
        // An account on a cash row is not kept: nobody asked to be paid there.
        var account = payee.Channel != PayoutChannel.Cash && payee is { AccountNo: { } number, BankBin: { } bin } ? seal(bin, number) : (SealedNumber?)null;
        Text(copy, payee.PersonId, payee.AwardId);
        Small(copy, (short?)payee.Programme);
        Text(copy, payee.PayeeId, payee.PayeeName);
        Small(copy, (short)payee.Role);
        Text(copy, payee.Basis, payee.BasisNo);
        Date(copy, payee.BasisOn);
        Text(copy, payee.BasisIssuer);
        Date(copy, payee.From, payee.To);
        Small(copy, (short)payee.Channel, (short)payee.Wish);
        Date(copy, payee.WishOn);
        Text(copy, account is null ? null : payee.BankBin);
        Sealed(copy, account);
        Text(copy, account is null ? null : payee.AccountName, payee.PayCommune, payee.PayPoint);
        Flag(copy, payee.AtHome);
    }, cancel);

    public Task<long> LocalStandardsAsync(IEnumerable<(StagedAt At, LocalStandard Row)> standards, CancellationToken cancel) => CopyAsync("stage_standard", standards, (copy, standard) =>
    {
        Text(copy, standard.ProvinceCode, standard.StandardCode);
        Big(copy, standard.Amount.Amount);
        Date(copy, standard.ValidFrom, standard.ValidTo);
        Text(copy, standard.Source, standard.Status);
    }, cancel);

    public Task<long> RecoupmentsAsync(IEnumerable<(StagedAt At, RecoupmentDecision Row)> recoupments, CancellationToken cancel) => CopyAsync("stage_recoupment", recoupments, (copy, decision) =>
    {
        Text(copy, decision.PersonId);
        Text(copy, decision.AwardId);
        Text(copy, decision.DecisionNo);
        Date(copy, decision.DecidedOn);
        copy.Write(decision.FromMonth.Key(), NpgsqlDbType.Integer);
        Big(copy, decision.Monthly.Amount);
        Date(copy, decision.RecordedOn);
    }, cancel);

    public Task<long> PaidAsync(IEnumerable<(StagedAt At, PaidComponent Row)> paid, CancellationToken cancel) => CopyAsync("stage_paid", paid, (copy, listed) =>
    {
        Text(copy, listed.PersonId, listed.AwardId);
        copy.Write(listed.Month.Key(), NpgsqlDbType.Integer);
        Text(copy, listed.Component);
        Big(copy, listed.Amount.Amount);
    }, cancel);

    Task<long> CopyAsync<T>(string table, IEnumerable<(StagedAt At, T Row)> staged, Action<NpgsqlBinaryImporter, T> write, CancellationToken cancel) =>
        session.CopyInAsync($"COPY {table} FROM STDIN (FORMAT binary)", copy =>
        {
            foreach (var (at, row) in staged)
            {
                cancel.ThrowIfCancellationRequested();
                copy.StartRow();
                copy.Write(++rows, NpgsqlDbType.Integer);
                copy.Write(at.FileNo, NpgsqlDbType.Smallint);
                copy.Write(at.Line, NpgsqlDbType.Integer);
                write(copy, row);
            }
            return Task.CompletedTask;
        }, cancel);

    static void Text(NpgsqlBinaryImporter copy, params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (value is null) copy.WriteNull();
            else copy.Write(value, NpgsqlDbType.Text);
        }
    }

    static void Small(NpgsqlBinaryImporter copy, params ReadOnlySpan<int?> values)
    {
        foreach (var value in values) Write(copy, value is { } known ? checked((short)known) : (short?)null, NpgsqlDbType.Smallint);
    }

    static void Big(NpgsqlBinaryImporter copy, long? value) => Write(copy, value, NpgsqlDbType.Bigint);

    static void Flag(NpgsqlBinaryImporter copy, params ReadOnlySpan<bool?> values)
    {
        foreach (var value in values) Write(copy, value, NpgsqlDbType.Boolean);
    }

    static void Month(NpgsqlBinaryImporter copy, params ReadOnlySpan<YearMonth?> values)
    {
        foreach (var value in values) Write(copy, value?.Key(), NpgsqlDbType.Integer);
    }

    static void Date(NpgsqlBinaryImporter copy, params ReadOnlySpan<LocalDate?> values)
    {
        foreach (var value in values) Write(copy, value is { } known ? DateOf(known) : (DateOnly?)null, NpgsqlDbType.Date);
    }

    static void Write<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type) where T : struct
    {
        if (value is { } known) copy.Write(known, type);
        else copy.WriteNull();
    }

    static DateOnly DateOf(LocalDate day) => new(day.Year, day.Month, day.Day);

    static void Sealed(NpgsqlBinaryImporter copy, SealedNumber? value)
    {
        if (value is not { } number)
        {
            for (var i = 0; i < 4; i++) copy.WriteNull();
            return;
        }
        copy.Write(number.Key, NpgsqlDbType.Smallint);
        copy.Write(number.Cipher, NpgsqlDbType.Bytea);
        copy.Write(number.Tag, NpgsqlDbType.Bytea);
        copy.Write(number.Tail, NpgsqlDbType.Text);
    }
}
