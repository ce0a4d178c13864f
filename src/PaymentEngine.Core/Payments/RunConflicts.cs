namespace PaymentEngine.Core.Payments;

/// <summary>Conflicts of a run: hard ones keep it from being submitted, soft ones are printed for its approver.</summary>
public static class RunConflicts
{
    /// <summary>Two of the people have one identity number: one person would be paid twice (F59).</summary>
    public const string DuplicatePerson = "duplicate_person";

    /// <summary>The same name and birth date in one commune: perhaps one person.</summary>
    public const string AlikePeople = "alike_people";

    /// <summary>Of an off-cycle run: people whom another off-cycle run of the month pays too.</summary>
    public const string OtherRun = "other_run";

    /// <summary>Paid to accounts that their bank has not confirmed (F21); told once the office asks banks, and held where its rules say so.</summary>
    public const string AccountUnverified = "account_unverified";

    /// <summary>The conflict in words, for tables.</summary>
    public static (string Vi, string En) Words(string code) => code switch
    {
        DuplicatePerson => ("hai hồ sơ cùng một số định danh", "two records with one identity number"),
        AlikePeople => ("trùng họ tên, ngày sinh trong một xã", "the same name and birth date in one commune"),
        OtherRun => ("có trong đợt ngoài kỳ khác của tháng", "on another off-cycle run of the month"),
        AccountUnverified => ("chi vào tài khoản ngân hàng chưa xác nhận", "paid to accounts that their bank has not confirmed"),
        _ => (code, code),
    };

    /// <summary>Why a run with a hard conflict is not submitted.</summary>
    public static Problem Refusal(RunId run, string code, int people, IReadOnlyList<string> some) =>
        new($"run.{code}", $"{run}: {Words(code).En}: {ViText.Count(people)} people, {string.Join(", ", some)}{(some.Count < people ? " …" : "")}.",
            $"Correct the register, return the run and plan again; or hold all but one of them and let the rest go: payengine run hold {run} --person {some[^1]} --reason ….");
}
