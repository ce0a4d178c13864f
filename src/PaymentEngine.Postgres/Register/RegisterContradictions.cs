using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres.Register;

/// <summary>A staged row that contradicts another, staged or stored.</summary>
/// <param name="At">File of the command and line.</param>
/// <param name="Column">Column of that row.</param>
/// <param name="Problem">Without a place.</param>
public sealed record StagedContradiction(StagedAt At, string Column, Problem Problem);

/// <summary>Facts and awards that cannot be true together, over staged and stored rows: the store finds the few suspects, Core decides (<see cref="Contradictions"/>).</summary>
public static class RegisterContradictions
{
    // What a person's rows say once the staged ones are applied: a staged row takes the place of the stored one of the same state that was recorded no later.
    // Sex and birth belong to the person, not to a state: those of the last staged row count for all.
    const string Suspects = """
        -- RegisterContradictions.Suspects: the same question as Core's Contradictions.AreSuspect, over all states.
        CREATE TEMPORARY TABLE stage_suspect ON COMMIT DROP AS
        WITH touched AS (
            SELECT person_id FROM stage_person UNION SELECT person_id FROM stage_award
        ), person AS (
            SELECT person_id, bool_or(sex = 1) AS is_male, bool_or(in_facility) AS in_facility, max(birth_year * 12 + greatest(birth_month, 1)) AS born
              FROM (SELECT person_id, sex, in_facility, birth_year, birth_month FROM stage_person
                    UNION ALL
                    SELECT r.person_id, r.sex, f.in_facility, r.birth_year, r.birth_month
                      FROM recipient r JOIN dated_fact f ON f.province_code = r.province_code AND f.recipient_id = r.recipient_id AND f.known_to = 'infinity'
                     WHERE r.province_code = @provinceCode AND r.known_to = 'infinity') x
             GROUP BY person_id
        ), award_row AS (
            SELECT person_id, category, at_home, pregnant, first_month, decided_on FROM stage_award
            UNION ALL
            SELECT r.person_id, a.category, a.at_home, a.pregnant, a.first_month, a.decided_on
              FROM award a JOIN recipient r ON r.province_code = a.province_code AND r.recipient_id = a.recipient_id AND r.version = 1
             WHERE a.province_code = @provinceCode AND a.known_to = 'infinity' AND (a.at_home OR a.pregnant OR a.category = 'BMVNAH' OR r.person_id IN (SELECT person_id FROM stage_person))
        )
        SELECT DISTINCT a.person_id
          FROM award_row a JOIN person p USING (person_id)
         WHERE person_id IN (SELECT person_id FROM touched)
           AND ((a.at_home AND p.in_facility) OR (p.is_male AND (a.pregnant OR a.category = 'BMVNAH'))
                OR coalesce(a.first_month / 100 * 12 + a.first_month % 100, extract(year FROM a.decided_on)::int * 12 + extract(month FROM a.decided_on)::int) < p.born);
        """;

    const string FactsOfSuspects = """
        -- RegisterContradictions.Facts
        SELECT s.file_no, s.line, s.person_id, s.facts_from, s.recorded_on, s.sex, s.birth_year, s.birth_month, s.birth_day, s.death, s.in_facility, s.disability_cert_on
          FROM stage_person s WHERE s.person_id IN (SELECT person_id FROM stage_suspect)
        UNION ALL
        SELECT 0::smallint, 0, r.person_id, f.facts_from, f.recorded_on, coalesce(n.sex, r.sex), coalesce(n.birth_year, r.birth_year), coalesce(n.birth_month, r.birth_month), coalesce(n.birth_day, r.birth_day),
               CASE WHEN n.person_id IS NULL THEN r.death ELSE n.death END, f.in_facility, f.disability_cert_on
          FROM recipient r
          JOIN dated_fact f ON f.province_code = r.province_code AND f.recipient_id = r.recipient_id AND f.known_to = 'infinity'
          LEFT JOIN (SELECT DISTINCT ON (person_id) * FROM stage_person ORDER BY person_id, recorded_on DESC NULLS LAST, row_no DESC) n ON n.person_id = r.person_id
         WHERE r.province_code = @provinceCode AND r.known_to = 'infinity' AND r.person_id IN (SELECT person_id FROM stage_suspect)
           AND NOT EXISTS (SELECT FROM stage_person s WHERE s.person_id = r.person_id AND s.facts_from = f.facts_from AND coalesce(s.recorded_on, '-infinity') >= coalesce(f.recorded_on, '-infinity'));
        """;

    const string AwardsOfSuspects = """
        -- RegisterContradictions.Awards
        SELECT s.file_no, s.line, s.person_id, s.award_id, s.programme, s.category, s.facts_from, s.recorded_on, s.filed_on, s.decided_on, s.board_on, s.event_on, s.first_month, s.last_month, s.on_roll_since,
               s.converted_from, s.at_home, s.valid_exam, s.deceased_on, s.pregnant
          FROM stage_award s WHERE s.person_id IN (SELECT person_id FROM stage_suspect)
        UNION ALL
        SELECT 0::smallint, 0, r.person_id, a.award_id, a.programme, a.category, a.facts_from, a.recorded_on, a.filed_on, a.decided_on, a.board_on, a.event_on, a.first_month, a.last_month, a.on_roll_since,
               a.converted_from, a.at_home, a.valid_exam, a.deceased_on, a.pregnant
          FROM award a JOIN recipient r ON r.province_code = a.province_code AND r.recipient_id = a.recipient_id AND r.version = 1
         WHERE a.province_code = @provinceCode AND a.known_to = 'infinity' AND r.person_id IN (SELECT person_id FROM stage_suspect)
           AND NOT EXISTS (SELECT FROM stage_award s WHERE s.award_id = a.award_id AND s.facts_from = a.facts_from AND coalesce(s.recorded_on, '-infinity') >= coalesce(a.recorded_on, '-infinity'));
        """;

    /// <summary>Every contradiction that a staged row takes part in, placed at the staged award row, or at the person's row when the award was stored before.</summary>
    /// <param name="session">The session with the staged rows, in a transaction.</param>
    /// <param name="provinceCode">The tenant.</param>
    /// <param name="cancel">Stops between statements.</param>
    public static async Task<IReadOnlyList<StagedContradiction>> FindAsync(DatabaseSession session, short provinceCode, CancellationToken cancel)
    {
        await session.ExecuteAsync("-- RegisterContradictions.Reset\nDROP TABLE IF EXISTS pg_temp.stage_suspect", null, cancel);
        if (await session.ExecuteAsync(Suspects, new { provinceCode }, cancel) == 0) return [];
        var facts = (await session.QueryAsync<FactsRow>(FactsOfSuspects, new { provinceCode }, cancel)).ToLookup(row => row.PersonId, StringComparer.Ordinal);
        var awards = (await session.QueryAsync<AwardRow>(AwardsOfSuspects, new { provinceCode }, cancel)).GroupBy(row => row.PersonId, StringComparer.Ordinal);
        var found = new List<StagedContradiction>();
        foreach (var person in awards)
        {
            var rowOfFacts = facts[person.Key].ToDictionary(row => row.ToFacts(), row => row, (IEqualityComparer<PersonFacts>)ReferenceEqualityComparer.Instance);
            var rowOfAward = person.ToDictionary(row => row.ToAward(), row => row, (IEqualityComparer<Award>)ReferenceEqualityComparer.Instance);
            foreach (var one in Contradictions.Ever(new RegisterPerson(person.Key, [.. rowOfFacts.Keys], [.. rowOfAward.Keys])))
            {
                var (award, fact) = (rowOfAward[one.Award], rowOfFacts[one.Facts]);
                if (award.FileNo > 0) found.Add(new StagedContradiction(new StagedAt(award.FileNo, award.Line), one.AwardColumn, one.Problem));
                // Both stored before: this import did not bring it.
                else if (fact.FileNo > 0) found.Add(new StagedContradiction(new StagedAt(fact.FileNo, fact.Line), one.FactsColumn, one.Problem));
            }
        }

        return [.. found.OrderBy(one => one.At.FileNo).ThenBy(one => one.At.Line).Take(RegisterChecks.FaultsMax)];
    }

    /// <summary>What contradictions ask of a state of facts.</summary>
    sealed class FactsRow
    {
        public short FileNo { get; init; }
        public int Line { get; init; }
        public string PersonId { get; init; } = "";
        public int FactsFrom { get; init; }
        public LocalDate? RecordedOn { get; init; }
        public short Sex { get; init; }
        public short BirthYear { get; init; }
        public short BirthMonth { get; init; }
        public short BirthDay { get; init; }
        public LocalDate? Death { get; init; }
        public bool? InFacility { get; init; }
        public LocalDate? DisabilityCertOn { get; init; }

        public PersonFacts ToFacts() => new()
        {
            PersonId = PersonId, FullName = "", ProvinceCode = "", CommuneCode = "", FactsFrom = MonthOf(FactsFrom), RecordedOn = RecordedOn, Sex = (Sex)Sex,
            Birth = new BirthDate(BirthYear, (byte)BirthMonth, (byte)BirthDay), Death = Death, InFacility = InFacility, DisabilityCertificateOn = DisabilityCertOn,
        };
    }

    /// <summary>What contradictions and start months ask of an award.</summary>
    sealed class AwardRow
    {
        public short FileNo { get; init; }
        public int Line { get; init; }
        public string PersonId { get; init; } = "";
        public string AwardId { get; init; } = "";
        public short Programme { get; init; }
        public string Category { get; init; } = "";
        public int FactsFrom { get; init; }
        public LocalDate? RecordedOn { get; init; }
        public LocalDate? FiledOn { get; init; }
        public LocalDate? DecidedOn { get; init; }
        public LocalDate? BoardOn { get; init; }
        public LocalDate? EventOn { get; init; }
        public int? FirstMonth { get; init; }
        public int? LastMonth { get; init; }
        public int? OnRollSince { get; init; }
        public string? ConvertedFrom { get; init; }
        public bool? AtHome { get; init; }
        public bool? ValidExam { get; init; }
        public LocalDate? DeceasedOn { get; init; }
        public bool? Pregnant { get; init; }

        public Award ToAward() => new()
        {
            AwardId = AwardId, PersonId = PersonId, Programme = (Programme)Programme, Category = Category, FactsFrom = MonthOf(FactsFrom), RecordedOn = RecordedOn, FiledOn = FiledOn, DecidedOn = DecidedOn,
            BoardOn = BoardOn, EventOn = EventOn, FirstMonth = MonthOf(FirstMonth ?? 0), LastMonth = MonthOf(LastMonth ?? 0), OnRollSince = MonthOf(OnRollSince ?? 0), ConvertedFrom = ConvertedFrom, AtHome = AtHome,
            ValidExam = ValidExam, DeceasedOn = DeceasedOn, Pregnant = Pregnant,
        };
    }

    static YearMonth? MonthOf(int key) => key == 0 ? null : Months.FromKey(key);
}
