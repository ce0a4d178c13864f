using NodaTime;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>payees.csv: one row per right to receive, dated. Columns and rules: schemas/import/payees.md.</summary>
sealed class PayeesFile() : RegisterFileFormat<Payee>(RegisterFileKind.Payees, "payees.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn personId = columns.Add("person_id", Id, required: true);
    static readonly RegisterColumn awardId = columns.Add("award_id", Id);
    static readonly RegisterColumn programme = columns.Add("programme", Choice, allowed: RegisterWords.Programme.All);
    static readonly RegisterColumn payeeId = columns.Add("payee_id", Id);
    static readonly RegisterColumn payeeName = columns.Add("payee_name", ColumnType.Text, required: true);
    static readonly RegisterColumn role = columns.Add("role", Choice, required: true, RegisterWords.Role.All);
    static readonly RegisterColumn basis = columns.Add("basis", ColumnType.Text);
    static readonly RegisterColumn basisNo = columns.Add("basis_no", ColumnType.Text);
    static readonly RegisterColumn from = columns.Add("from", Date);
    static readonly RegisterColumn to = columns.Add("to", Date);
    static readonly RegisterColumn channel = columns.Add("channel", Choice, required: true, RegisterWords.Channel.All);
    static readonly RegisterColumn wish = columns.Add("wish", Choice, allowed: RegisterWords.Wish.All);
    static readonly RegisterColumn wishOn = columns.Add("wish_on", Date);
    static readonly RegisterColumn bankBin = columns.Add("bank_bin", Code);
    static readonly RegisterColumn accountNo = columns.Add("account_no", Id);
    static readonly RegisterColumn accountName = columns.Add("account_name", ColumnType.Text);
    static readonly RegisterColumn payCommune = columns.Add("pay_commune", Code);
    static readonly RegisterColumn payPoint = columns.Add("pay_point", ColumnType.Text);
    static readonly RegisterColumn atHome = columns.Add("at_home", YesNo);

    static readonly RegisterColumn basisOn = columns.Add("basis_on", Date);
    static readonly RegisterColumn basisIssuer = columns.Add("basis_issuer", ColumnType.Text);

    public override string KeyInWords => "person_id, award_id or programme, role and from";

    public override UInt128 KeyOf(Payee value) => RegisterKey.Of(value.PersonId, value.AwardId,
        value.Programme is { } scope ? RegisterWords.Programme.Of(scope) : null, RegisterWords.Role.Of(value.Role), RegisterValues.Text(value.From));

    public override Payee Read(RegisterRowFields row)
    {
        var scope = row.Choice(programme, RegisterWords.Programme);
        var payee = new Payee
        {
            PersonId = row.RequiredId(personId),
            AwardId = row.Id(awardId),
            Programme = scope == default ? null : scope,
            PayeeId = row.Id(payeeId),
            PayeeName = row.RequiredName(payeeName),
            Role = row.Choice(role, RegisterWords.Role),
            Basis = row.Text(basis),
            BasisNo = row.Text(basisNo),
            BasisOn = row.Date(basisOn),
            BasisIssuer = row.Text(basisIssuer),
            From = row.Date(from),
            To = row.Date(to),
            Channel = row.Choice(channel, RegisterWords.Channel),
            Wish = row.Choice(wish, RegisterWords.Wish),
            WishOn = row.Date(wishOn),
            BankBin = row.BankBin(bankBin),
            AccountNo = row.Account(accountNo),
            AccountName = row.Name(accountName),
            PayCommune = row.Commune(payCommune),
            PayPoint = row.Text(payPoint),
            AtHome = row.YesNo(atHome),
        };

        row.Period(to, payee.From, payee.To);
        if (payee.AwardId is not null && payee.Programme is not null)
            row.Refuse(programme, RegisterRefusals.ScopeTwice, "The row names an award and a programme.", "Keep award_id, or programme for all its awards, or neither for everything.");
        if (payee.Channel is PayoutChannel.Bank or PayoutChannel.Wallet or PayoutChannel.MobileMoney)
        {
            Needed(row, bankBin);
            Needed(row, accountNo);
            Needed(row, accountName);
            LookAt(row, payee);
        }

        return payee;
    }

    public override void Write(RegisterRowWriter row, Payee value)
    {
        row.Put(value.PersonId);
        row.Put(value.AwardId);
        row.Put(value.Programme is { } scope ? RegisterWords.Programme.Of(scope) : null);
        row.Put(value.PayeeId);
        row.Put(value.PayeeName);
        row.Put(RegisterWords.Role.Of(value.Role));
        row.Put(value.Basis);
        row.Put(value.BasisNo);
        row.Put(RegisterValues.Text(value.From));
        row.Put(RegisterValues.Text(value.To));
        row.Put(RegisterWords.Channel.Of(value.Channel));
        row.Put(value.Wish == Wish.Unknown ? null : RegisterWords.Wish.Of(value.Wish));
        row.Put(RegisterValues.Text(value.WishOn));
        row.Put(value.BankBin);
        row.Put(value.AccountNo?.Text);
        row.Put(value.AccountName);
        row.Put(value.PayCommune);
        row.Put(value.PayPoint);
        row.Put(RegisterValues.Text(value.AtHome));
        row.Put(RegisterValues.Text(value.BasisOn));
        row.Put(value.BasisIssuer);
    }

    /// <summary>The kind of account is one its provider holds, the number has its form, and the bank is there as long as the right runs: a right without an end runs past every bank that is gone.</summary>
    static void LookAt(RegisterRowFields row, Payee payee)
    {
        if (payee.BankBin is not { } bin || payee.AccountNo is not { } account || BankDirectory.Find(bin) is not { } bank) return;
        if (AccountForms.WhyNot(payee.Channel, bank.ShortName, bank.Holds, account) is { } wrong) row.Refuse(wrong.Code == RegisterRefusals.AccountPhone ? accountNo : channel, wrong);
        if (BankDirectory.WhyNotOn(bin, payee.To ?? LocalDate.MaxIsoValue) is { } gone) row.Refuse(bankBin, gone);
    }

    static void Needed(RegisterRowFields row, RegisterColumn column)
    {
        if (row.IsEmpty(column))
            row.Refuse(column, RegisterRefusals.AccountMissing, $"A payment to an account needs {column.Name}.", "Fill it in, or write cash in channel until the account is known.");
    }
}
