using NodaTime;
using Npgsql;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres.Register;

/// <summary>The register as it is known now, row by row, as the rows of its files: memory does not grow with it. Order: by number, then by state.</summary>
public sealed class RegisterExport(DatabaseSession session, short provinceCode)
{
    const string Areas = """
        -- RegisterExport.Areas
        SELECT commune_code, name, valid_from, valid_to, successors FROM area WHERE province_code = @provinceCode AND known_to = 'infinity' ORDER BY commune_id;
        """;

    const string Payers = """
        -- RegisterExport.Payers
        SELECT payer_code, name, short_name, kind, programmes, commune_codes, counts_from, debtor_bin, account_key, account_cipher, account_name, customer_no, valid_from, valid_to
          FROM payer WHERE province_code = @provinceCode AND known_to = 'infinity' ORDER BY payer_no;
        """;

    const string People = """
        -- RegisterExport.People
        SELECT r.person_id, r.id_number_key, r.id_number_cipher, r.full_name, r.sex, r.birth_year, r.birth_month, r.birth_day, r.death, f.facts_from, f.recorded_on, f.home_province,
               a.commune_code, f.special_area, f.household_id, f.spouse_id, f.poverty, f.supporter, f.alone, f.other_income, f.other_income_vnd, f.disability, f.disability_cert_on,
               f.studying, f.study_broken, f.hamlet, f.address, f.phone, f.contact, f.in_facility
          FROM dated_fact f
          JOIN recipient r ON r.province_code = f.province_code AND r.recipient_id = f.recipient_id AND r.known_to = 'infinity'
          JOIN area a ON a.province_code = f.province_code AND a.commune_id = f.commune_id AND a.version = 1
         WHERE f.province_code = @provinceCode AND f.known_to = 'infinity' AND (@people::text[] IS NULL OR r.person_id = ANY (@people)) ORDER BY f.recipient_id, f.facts_from;
        """;

    const string Awards = """
        -- RegisterExport.Awards
        SELECT a.award_id, r.person_id, a.programme, a.category, a.facts_from, a.recorded_on, a.filed_on, a.decision_no, a.decided_on, a.board_on, a.event_on, a.first_month, a.last_month,
               a.end_reason, a.on_roll_since, a.converted_from, a.degree_pct, a.class, a.special, a.at_home, a.valid_exam, a.full_time, a.seniority_units, a.decoration, a.martyrs,
               a.service_half_years, a.deceased_id, a.deceased_category, a.deceased_pct, a.deceased_on, a.relation, a.children, a.children_births, a.pregnant, a.about_person_id,
               a.treatment_days, a.declared_wage_vnd, a.suspended_from, a.suspended_to, a.suspend_reason, a.released_on, a.reapplied_on, a.reviewed_on, a.review_result
          FROM award a JOIN recipient r ON r.province_code = a.province_code AND r.recipient_id = a.recipient_id AND r.version = 1
         WHERE a.province_code = @provinceCode AND a.known_to = 'infinity' AND (@people::text[] IS NULL OR r.person_id = ANY (@people)) ORDER BY a.award_no, a.facts_from;
        """;

    const string Payees = """
        -- RegisterExport.Payees
        SELECT r.person_id, a.award_id, p.programme, p.payee_ref, p.payee_name, p.role, p.basis, p.basis_no, p.basis_on, p.basis_issuer, p.valid_from, p.valid_to, p.channel, p.wish, p.wish_on,
               c.bank_bin, c.account_key, c.account_cipher, c.holder_name, p.pay_commune, p.pay_point, p.at_home
          FROM payee p
          JOIN recipient r ON r.province_code = p.province_code AND r.recipient_id = p.recipient_id AND r.version = 1
          LEFT JOIN award a ON a.province_code = p.province_code AND a.award_no = p.award_no AND a.version = 1
          LEFT JOIN channel c ON c.province_code = p.province_code AND c.payee_no = p.payee_no AND c.version = p.channel_version
         WHERE p.province_code = @provinceCode AND p.known_to = 'infinity' AND (@people::text[] IS NULL OR r.person_id = ANY (@people))
           -- An account that was erased is nobody's way to money any more.
           AND (c.account_cipher IS NULL OR length(c.account_cipher) > 0) ORDER BY p.payee_no;
        """;

    const string Standards = """
        -- RegisterExport.Standards
        SELECT home_province, standard_code, amount_vnd, valid_from, valid_to, source, status
          FROM local_standard WHERE province_code = @provinceCode AND known_to = 'infinity' ORDER BY standard_no;
        """;

    const string Recoupments = """
        -- RegisterExport.Recoupments
        SELECT r.person_id, a.award_id, d.decision_no, d.decided_on, d.from_month, d.monthly_vnd, d.recorded_on
          FROM recoupment_decision d
          JOIN recipient r ON r.province_code = d.province_code AND r.recipient_id = d.recipient_id AND r.version = 1
          LEFT JOIN award a ON a.province_code = d.province_code AND a.award_no = d.award_no AND a.version = 1
         WHERE d.province_code = @provinceCode AND d.known_to = 'infinity' ORDER BY d.recoupment_no;
        """;

    /// <summary>Communes; the file's province is the tenant's.</summary>
    public Task AreasAsync(Action<Area> write, CancellationToken cancel) => EachAsync(Areas, row => write(new Area(
        row.Words(), row.Words(), provinceCode.ToString("00", System.Globalization.CultureInfo.InvariantCulture), row.Date(), row.Date(), row.Words().Split(';', StringSplitOptions.RemoveEmptyEntries))), cancel);

    /// <param name="open">Deciphers an account, from its key's number and cipher text.</param>
    public Task PayersAsync(Action<PayerRow> write, Func<short, byte[], string> open, CancellationToken cancel) => EachAsync(Payers, row => write(new PayerRow
    {
        PayerCode = row.Words(), Name = row.Words(), ShortName = row.Words(), Kind = row.Words() == "commune" ? PayerKind.Commune : PayerKind.Department,
        ProvinceCode = provinceCode.ToString("00", System.Globalization.CultureInfo.InvariantCulture),
        Programmes = [.. row.Take<short[]>()!.Select(programme => (Programme)programme)], CommuneCodes = row.Take<string[]>()!, CountsFrom = row.Month()!.Value,
        DebtorBankBin = row.Words(), DebtorAccountNo = AccountNumber.Parse(row.Secret(open)!).Value, DebtorAccountName = row.Words(), CustomerNo = row.Text(), ValidFrom = row.Date(), ValidTo = row.Date(),
    }), cancel);

    /// <param name="open">Deciphers an identity number.</param>
    /// <param name="people">Only these, by person_id; null: all.</param>
    public Task PeopleAsync(Action<PersonFacts> write, Func<short, byte[], string> open, CancellationToken cancel, string[]? people = null) => EachAsync(People, row => write(new PersonFacts
    {
        PersonId = row.Words(), IdNumber = row.Secret(open), FullName = row.Words(), Sex = (Sex)row.Small(), Birth = new BirthDate(row.Small(), (byte)row.Small(), (byte)row.Small()), Death = row.Date(),
        FactsFrom = row.Month(), RecordedOn = row.Date(), ProvinceCode = row.Words(), CommuneCode = row.Words(), SpecialArea = row.Flag(), HouseholdId = row.Text(), SpouseId = row.Text(),
        Poverty = (Poverty)row.Small(), Supporter = (Supporter)row.Small(), Alone = (Aloneness)row.Small(), OtherIncome = (OtherIncome)row.Small(), OtherIncomeVnd = row.Value<long>(),
        Disability = (Disability)row.Small(), DisabilityCertificateOn = row.Date(), Studying = row.Flag(), StudyBroken = row.Flag(), Hamlet = row.Text(), Address = row.Text(), Phone = row.Text(),
        Contact = row.Text(), InFacility = row.Flag(),
    }), cancel, people);

    public Task AwardsAsync(Action<Award> write, CancellationToken cancel, string[]? people = null) => EachAsync(Awards, row => write(new Award
    {
        AwardId = row.Words(), PersonId = row.Words(), Programme = (Programme)row.Small(), Category = row.Words(), FactsFrom = row.Month(), RecordedOn = row.Date(), FiledOn = row.Date(),
        DecisionNo = row.Text(), DecidedOn = row.Date(), BoardOn = row.Date(), EventOn = row.Date(), FirstMonth = row.Month(), LastMonth = row.Month(), EndReason = row.Text(), OnRollSince = row.Month(),
        ConvertedFrom = row.Text(), DegreePct = row.Value<short>(), Class = (InvalidClass)row.Small(), Special = row.Flag(), AtHome = row.Flag(), ValidExam = row.Flag(), FullTime = row.Flag(),
        SeniorityUnits = row.Value<short>(), Decoration = row.Text(), Martyrs = row.Value<short>(), ServiceHalfYears = row.Value<short>(), DeceasedId = row.Text(), DeceasedCategory = row.Text(),
        DeceasedPct = row.Value<short>(), DeceasedOn = row.Date(), Relation = (Relation)row.Small(), Children = row.Value<short>(), ChildrenBirths = [.. (row.Take<DateOnly[]>() ?? []).Select(LocalDate.FromDateOnly)],
        Pregnant = row.Flag(), AboutPersonId = row.Text(), TreatmentDays = row.Value<short>(), DeclaredWageVnd = row.Value<long>(), SuspendedFrom = row.Month(), SuspendedTo = row.Month(), SuspendReason = (SuspendReason)row.Small(),
        ReleasedOn = row.Date(), ReappliedOn = row.Date(), ReviewedOn = row.Date(), ReviewResult = (ReviewResult)row.Small(),
    }), cancel, people);

    /// <param name="open">Deciphers an account.</param>
    /// <param name="people">Only those of these people, by person_id; null: all.</param>
    public Task PayeesAsync(Action<Payee> write, Func<short, byte[], string> open, CancellationToken cancel, string[]? people = null) => EachAsync(Payees, row => write(new Payee
    {
        PersonId = row.Words(), AwardId = row.Text(), Programme = (Programme?)row.Value<short>(), PayeeId = row.Text(), PayeeName = row.Words(), Role = (PayeeRole)row.Small(), Basis = row.Text(),
        BasisNo = row.Text(), BasisOn = row.Date(), BasisIssuer = row.Text(), From = row.Date(), To = row.Date(), Channel = (PayoutChannel)row.Small(), Wish = (Wish)row.Small(), WishOn = row.Date(), BankBin = row.Text(),
        AccountNo = row.Secret(open) is { } account ? AccountNumber.Parse(account).Value : null, AccountName = row.Text(), PayCommune = row.Text(), PayPoint = row.Text(), AtHome = row.Flag(),
    }), cancel, people);

    public Task RecoupmentsAsync(Action<RecoupmentDecision> write, CancellationToken cancel) => EachAsync(Recoupments, row => write(new RecoupmentDecision(
        row.Words(), row.Text(), row.Words(), row.Date()!.Value, row.Month()!.Value, new Vnd(row.Value<long>()!.Value), row.Date())), cancel);

    public Task LocalStandardsAsync(Action<LocalStandard> write, CancellationToken cancel) => EachAsync(Standards, row => write(new LocalStandard(
        row.Words(), row.Words(), new Vnd(row.Value<long>()!.Value), row.Date()!.Value, row.Date(), row.Words(), row.Words())), cancel);

    Task EachAsync(string sql, Action<Cells> write, CancellationToken cancel, string[]? people = null) => session.ReadAsync(sql, async reader =>
    {
        while (await reader.ReadAsync(cancel)) write(new Cells(reader));
    }, new { provinceCode, people }, cancel);

    /// <summary>The cells of a row, taken from left to right.</summary>
    sealed class Cells(NpgsqlDataReader reader)
    {
        int next;

        public T? Take<T>() where T : class => reader.IsDBNull(next++) ? null : reader.GetFieldValue<T>(next - 1);

        public T? Value<T>() where T : struct => reader.IsDBNull(next++) ? null : reader.GetFieldValue<T>(next - 1);

        public string? Text() => Take<string>();

        public string Words() => reader.GetString(next++);

        public short Small() => reader.GetInt16(next++);

        public bool? Flag() => Value<bool>();

        public LocalDate? Date() => Value<DateOnly>() is { } day ? LocalDate.FromDateOnly(day) : null;

        /// <summary>A month; 0 stands for "from ever".</summary>
        public YearMonth? Month() => Value<int>() is { } key and not 0 ? Months.FromKey(key) : null;

        public string? Secret(Func<short, byte[], string> open)
        {
            var (key, cipher) = (Value<short>(), Take<byte[]>());
            return key is { } number && cipher is not null ? open(number, cipher) : null;
        }
    }
}
