using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Payments;

public class InstructionIdTests
{
    static readonly Arbitrary<InstructionId> Ids = (
        from province in Gen.Choose(1, 99)
        from month in Gen.Choose(new YearMonth(2000, 1).Index(), new YearMonth(2099, 12).Index())
        from run in Gen.Choose(0, RunId.RunNoMax)
        from line in Gen.Choose(0, (1 << 30) - 1)
        from attempt in Gen.Choose(1, InstructionId.AttemptMax)
        select new InstructionId((short)province, Months.FromIndex(month), run, line, attempt)).ToArbitrary();

    static readonly InstructionId Example = new(40, new YearMonth(2026, 11), 3, 32_769, 1);

    [Fact]
    public void An_id_has_18_characters_and_opens_with_province_month_and_run()
    {
        var text = Example.ToString();
        Assert.Equal(18, text.Length);
        Assert.Equal("P402611003001001A", text[..17]);
    }

    [Fact]
    public void Written_then_read_is_the_same_id() =>
        Prop.ForAll(Ids, id => InstructionId.Parse(id.ToString()).Value == id).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_ids_never_share_a_text() =>
        Prop.ForAll(Ids, Ids, (one, other) => one == other == (one.ToString() == other.ToString())).QuickCheckThrowOnFailure();

    [Fact]
    public void Written_ids_sort_as_their_lines() =>
        Prop.ForAll(Ids, Ids, (one, other) =>
        {
            var later = other with { ProvinceCode = one.ProvinceCode, Month = one.Month, RunNo = one.RunNo };
            return Math.Sign(string.CompareOrdinal(one.ToString(), later.ToString())) == (one.LineNo, one.Attempt).CompareTo((later.LineNo, later.Attempt));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_wrong_character_is_noticed() =>
        Prop.ForAll(Ids, id =>
        {
            var text = id.ToString();
            for (var at = 0; at < text.Length; at++)
            {
                foreach (var c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                {
                    if (c != text[at] && InstructionId.Parse(text[..at] + c + text[(at + 1)..]).IsOk) return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Neighbours_changed_over_are_noticed_but_for_the_one_pair_the_standard_leaves_open()
    {
        var (changed, missed) = (0, 0);
        var random = new SeededRandom(7);
        for (var i = 0; i < 5_000; i++)
        {
            var text = new InstructionId(40, new YearMonth(2026, 11), random.Below(32_768), random.Below(1 << 30), 1 + random.Below(26)).ToString();
            for (var at = 0; at + 1 < text.Length; at++)
            {
                if (text[at] == text[at + 1]) continue;
                changed++;
                if (InstructionId.Parse(text[..at] + text[at + 1] + text[at] + text[(at + 2)..]).IsOk) missed++;
            }
        }

        Assert.True(missed * 500 < changed, $"{missed} of {changed} transpositions were not noticed.");
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("CT TU 0123 {0} TRO CAP T11")]
    [InlineData("NDTRO{0}TRO CAP")]
    [InlineData("P{0}P")]
    public void An_id_is_found_inside_free_text(string text)
    {
        var found = InstructionId.Find(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Example));
        Assert.Equal(Example, found);
        Assert.Equal(Example, InstructionId.Find(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Example).ToLowerInvariant()));
    }

    [Fact]
    public void An_id_broken_over_two_lines_is_found() =>
        Assert.Equal(Example, InstructionId.Find($"TRO CAP {Example.ToString()[..7]}\r\n {Example.ToString()[7..]} THANG 11"));

    [Fact]
    public void Two_different_ids_in_one_text_give_none() =>
        Assert.Null(InstructionId.Find($"{Example} {Example with { Attempt = 2 }}"));

    [Fact]
    public void A_cut_id_or_a_wrong_check_character_is_not_found()
    {
        Assert.Null(InstructionId.Find(Example.ToString().AsSpan(0, 17)));
        Assert.Null(InstructionId.Find(Example.ToString()[..17] + (Example.ToString()[17] == 'X' ? 'Y' : 'X')));
        Assert.Null(InstructionId.Find(""));
        Assert.Null(InstructionId.Find("PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP"));
    }

    [Fact]
    public void A_run_is_written_as_province_month_and_number()
    {
        var run = new RunId(40, new YearMonth(2026, 11), 3);
        Assert.Equal("40-2611-003", run.ToString());
        Assert.Equal(run, RunId.Parse("40-2611-003").Value);
        Assert.Equal(run, Example.Run);
        Assert.Equal("run_id.malformed", RunId.Parse("40-2613-003").Problems[0].Code);
        Assert.Equal("run_id.malformed", RunId.Parse("40-2611-0O3").Problems[0].Code);
    }

    [Fact]
    public void A_part_that_does_not_fit_is_a_bug_and_throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { LineNo = 1 << 30 }).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Attempt = 27 }).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { ProvinceCode = 100 }).ToString());
    }

    [Fact]
    public void Message_and_batch_ids_have_19_and_23_characters_and_are_read_back()
    {
        var id = new MessageId(40, new LocalDate(2026, 11, 21), 7, 1);
        Assert.Equal("B40261121-000007-01", id.ToString());
        Assert.Equal("B40261121-000007-01-012", id.Batch(12));
        Assert.Equal(id, MessageId.Parse(id.ToString()).Value);
        Assert.Equal(id, MessageId.Parse(id.Batch(12)).Value);
        foreach (var wrong in new[] { "", "B40261131-000007-01", "B40261121-000007-01-000", "X40261121-000007-01", "B40261121-000000-01" })
        {
            Assert.Equal("message_id.malformed", MessageId.Parse(wrong).Problems[0].Code);
        }
    }
}
