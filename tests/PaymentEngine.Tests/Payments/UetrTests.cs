using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Payments;

public class UetrTests
{
    static InstructionId Any(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        return new((short)(1 + random.Below(99)), new YearMonth(2000 + random.Below(100), 1 + random.Below(12)), random.Below(RunId.RunNoMax + 1), random.Below(1 << 30), 1 + random.Below(26));
    }

    [Fact]
    public void An_attempt_has_one_UETR_for_ever()
    {
        var id = new InstructionId(40, new YearMonth(2026, 11), 3, 1, 1);
        Assert.Equal("P402611003000001AG", id.ToString());
        Assert.Equal("e44c338e-407b-4154-86ac-001800000021", Uetr.Of(id)); // worked out by another program from the rule of the class
        Assert.NotEqual(Uetr.Of(id), Uetr.Of(id with { Attempt = 2 }));
    }

    [Fact]
    public void It_has_the_form_of_a_UUID_of_version_4_and_leads_back_to_the_attempt() => Prop.ForAll<int>(seed =>
    {
        var id = Any(seed & int.MaxValue);
        var uetr = Uetr.Of(id);
        return System.Text.RegularExpressions.Regex.IsMatch(uetr, "^[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}$") && Uetr.Read(uetr) == id && Uetr.Read($" {uetr.ToUpperInvariant()} ") == id;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_figure_makes_it_somebody_elses()
    {
        var uetr = Uetr.Of(Any(1));
        for (var at = 0; at < uetr.Length; at++)
        {
            foreach (var c in "0123456789abcdef-g")
                if (c != uetr[at]) Assert.Null(Uetr.Read(string.Concat(uetr.AsSpan(0, at), c.ToString(), uetr.AsSpan(at + 1))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("NOTPROVIDED")]
    [InlineData("eb6305c9-1f7f-49de-aed0-16487c27b42d")]
    [InlineData("00000000-0000-4000-8000-000000000000")]
    [InlineData("ffffffff-ffff-4fff-bfff-ffffffffffff")]
    public void The_UETR_of_another_program_is_none_of_ours(string text) => Assert.Null(Uetr.Read(text));

    [Fact]
    public void Ids_of_many_attempts_are_those_written_one_by_one() => Prop.ForAll<int>(seed =>
    {
        var random = new SeededRandom((ulong)(seed & int.MaxValue));
        var text = new InstructionIdText();
        var ids = Enumerable.Range(0, 20).Select(_ => Any(random.Below(3)) with { LineNo = random.Below(1 << 30), Attempt = 1 + random.Below(26) });
        return ids.All(id => System.Text.Encoding.ASCII.GetString(text.Of(id)) == id.ToString());
    }).QuickCheckThrowOnFailure();
}
