using System.Text;
using NodaTime;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;

namespace PaymentEngine.Tests.Recipients.Accounts;

/// <summary>What a bank says of an account, what a flag does on which day, which provider holds which account when.</summary>
public sealed class AccountCheckTests
{
    [Theory]
    [InlineData(AccountWord.Open, "LÊ THỊ LAN", AccountCheck.Verified, "exact_unaccented")]
    [InlineData(AccountWord.Open, null, AccountCheck.Verified, null)]
    [InlineData(AccountWord.Open, "  ", AccountCheck.Verified, null)]
    // The bank says yes of an account that is somebody else's by the name it tells itself: our rules decide.
    [InlineData(AccountWord.Open, "TRAN VAN BINH", AccountCheck.NameDiffers, "different")]
    [InlineData(AccountWord.Open, "LE THI LAM", AccountCheck.NameDiffers, "one_letter")]
    // The bank says no although the names look alike: it has seen the person.
    [InlineData(AccountWord.NameDiffers, "LE THI LAN", AccountCheck.NameDiffers, "exact")]
    [InlineData(AccountWord.Closed, "LE THI LAN", AccountCheck.Closed, "exact")]
    [InlineData(AccountWord.NotFound, null, AccountCheck.NotFound, null)]
    public void A_bank_that_names_another_holder_has_verified_nothing(AccountWord word, string? bankName, AccountCheck check, string? rule)
    {
        var judged = JudgedAnswer.Of(word, bankName, "LE THI LAN");
        Assert.Equal((check, rule), (judged.Check, judged.Names?.RuleCode));
    }

    [Fact]
    public void A_flag_holds_from_its_first_day_to_its_last_and_names_itself()
    {
        var flag = new AccountFlag(AccountFlagKind.PoliceList, "CV 12/CA", new LocalDate(2026, 11, 2), new LocalDate(2026, 11, 30), null);
        Assert.Equal([false, true, true, false], new[] { new LocalDate(2026, 11, 1), new LocalDate(2026, 11, 2), new LocalDate(2026, 11, 30), new LocalDate(2026, 12, 1) }.Select(flag.IsActive));
        Assert.False((flag with { EndedOn = new LocalDate(2026, 11, 10) }).IsActive(new LocalDate(2026, 11, 10)));
        Assert.Equal("police_list: CV 12/CA (02/11/2026–30/11/2026)", flag.Words);
        Assert.All(AccountFlags.All, kind => Assert.Equal(kind, AccountFlags.Find(AccountFlags.Word(kind))));
    }

    [Theory]
    [InlineData(PayoutChannel.Bank, "970405", "3611029475148", null)]
    [InlineData(PayoutChannel.MobileMoney, "971005", "0912345678", null)]
    [InlineData(PayoutChannel.Wallet, "971005", "0912345678", null)]
    [InlineData(PayoutChannel.Wallet, "971025", "0912345678", null)]
    [InlineData(PayoutChannel.MobileMoney, "971005", "0412345678", "account_number.not_a_phone")]
    [InlineData(PayoutChannel.MobileMoney, "971005", "84912345678", "account_number.not_a_phone")]
    [InlineData(PayoutChannel.MobileMoney, "971025", "0912345678", "account.kind_not_at_provider")]
    [InlineData(PayoutChannel.Bank, "971011", "0912345678", "account.kind_not_at_provider")]
    [InlineData(PayoutChannel.Wallet, "970436", "0912345678", "account.kind_not_at_provider")]
    public void A_wallet_is_at_a_provider_of_wallets_and_Mobile_Money_is_a_telephone_number(PayoutChannel kind, string bin, string number, string? code)
    {
        var provider = BankDirectory.Find(bin)!;
        Assert.Equal(code, AccountForms.WhyNot(kind, provider.ShortName, provider.Holds, AccountNumber.Parse(number).Value)?.Code);
    }

    [Fact]
    public void A_renamed_bank_keeps_its_number_and_has_the_name_of_the_day()
    {
        Assert.Equal(("Vikki Bank", "DongA Bank", "Vikki Bank"), (BankDirectory.Find("970406")!.ShortName, BankDirectory.FindOn("970406", new LocalDate(2025, 2, 13))!.ShortName, BankDirectory.FindOn("970406", new LocalDate(2025, 2, 14))!.ShortName));
        Assert.Null(BankDirectory.WhyNotOn("970406", new LocalDate(2026, 11, 2)));
        Assert.Equal("970406", BankDirectory.ByNumberOrName("donga bank")!.Bin);
        Assert.Equal("970449", BankDirectory.ByNumberOrName("LienVietPostBank")!.Bin);
    }

    [Fact]
    public void A_bank_that_is_no_longer_there_is_refused_with_its_successor_and_one_that_is_not_yet_there_with_its_day()
    {
        Assert.Null(BankDirectory.WhyNotOn("533948", new LocalDate(2023, 2, 28)));
        var gone = BankDirectory.WhyNotOn("533948", new LocalDate(2023, 3, 1))!;
        Assert.Equal("bank.gone", gone.Code);
        Assert.Contains("United Overseas Bank Vietnam (970458)", gone.Remedy, StringComparison.Ordinal);
        Assert.Equal("bank.not_yet", BankDirectory.WhyNotOn("971005", new LocalDate(2021, 3, 8))!.Code);
        Assert.Equal("bank.unknown", BankDirectory.WhyNotOn("123456", new LocalDate(2026, 11, 2))!.Code);
        Assert.Equal(["533948"], BankDirectory.GoneOn(new LocalDate(2026, 11, 2)));
    }

    [Fact]
    public void A_banks_answer_is_read_row_by_row_and_every_fault_is_placed()
    {
        const string head = "ref,bank_bin,account_no,account_name,result,bank_name,answered_on,note\n";
        var text = head + "1-1,970405,3611029475148,LE THI LAN,open,LÊ THỊ LAN,2026-10-20,\n1-2,970405,12 34,X,open,,2026-10-20,\n1-3,970405,3611029475149,X,maybe,,2026-10-20,\n1-4,970405,3611029475150,X,open,,2026-02-30,\n1-5,970405,3611029475151,X,,,2026-10-20,\n1-1,970405,3611029475148,X,open,,2026-10-20,\n";
        using var reading = NoticeFiles.ReadAccountAnswers(new MemoryStream(Encoding.UTF8.GetBytes(text)), "answers.csv");
        var row = Assert.Single(reading.ToList()).Value;
        Assert.Equal(("1-1", "3611029475148", AccountWord.Open, "LÊ THỊ LAN"), (row.Reference, row.AccountNo.Text, row.Word, row.BankName));
        Assert.Equal(["3 account_number.malformed account_no", "4 choice.unknown result", "5 date.not_real answered_on", "6 cell.empty result", "7 row.twice ref"], reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }

    [Fact]
    public void A_banks_correction_names_two_accounts()
    {
        var text = "old_account_no,account_name,new_account_no,new_bank_bin\n3611029475148,LE THI LAN,3611029475155,\n3611029475149,X,3611029475149,\n3611029475150,X,3611029475151,123456\n";
        using var reading = NoticeFiles.ReadAccountCorrections(new MemoryStream(Encoding.UTF8.GetBytes(text)), "corrections.csv");
        Assert.Equal("3611029475155", Assert.Single(reading.ToList()).Value.NewAccountNo.Text);
        Assert.Equal(["3 account.same new_account_no", "4 bank.unknown new_bank_bin"], reading.Refusals.Kept.Select(problem => $"{problem.At!.Line} {problem.Code} {problem.At.Column}"));
    }
}
