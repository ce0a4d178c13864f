using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Accounts;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>account-answers.csv: what a bank says of the accounts it was asked about, in the very list it was sent. Columns and rules: schemas/import/account-answers.md.</summary>
sealed class AccountAnswersFile() : RegisterFileFormat<AccountAnswer>(RegisterFileKind.AccountAnswers, "account-answers.csv", columns)
{
    static readonly Words<AccountWord> words = new(("open", AccountWord.Open), ("name_differs", AccountWord.NameDiffers), ("closed", AccountWord.Closed), ("not_found", AccountWord.NotFound));
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn reference = columns.Add("ref", Id, required: true);
    static readonly RegisterColumn bankBin = columns.Add("bank_bin", Code);
    static readonly RegisterColumn accountNo = columns.Add("account_no", Id, required: true);
    static readonly RegisterColumn accountName = columns.Add("account_name", ColumnType.Text);
    static readonly RegisterColumn result = columns.Add("result", Choice, required: true, allowed: words.All);
    static readonly RegisterColumn bankName = columns.Add("bank_name", ColumnType.Text);
    static readonly RegisterColumn answeredOn = columns.Add("answered_on", Date, required: true);
    static readonly RegisterColumn note = columns.Add("note", ColumnType.Text);

    public override string KeyInWords => "ref";

    public override UInt128 KeyOf(AccountAnswer value) => RegisterKey.Of(value.Reference);

    public override AccountAnswer Read(RegisterRowFields row)
    {
        // The columns that were sent come back with the answer; what they say is ours, and only number and reference are held against it.
        row.BankBin(bankBin);
        row.Text(accountName);
        return new AccountAnswer(row.RequiredId(reference), row.Account(accountNo) ?? default, row.Choice(result, words), row.Text(bankName), row.Date(answeredOn) ?? default, row.Text(note));
    }

    public override void Write(RegisterRowWriter row, AccountAnswer value)
    {
        row.Put(value.Reference);
        row.Put(null);
        row.Put(value.AccountNo.Text);
        row.Put(null);
        row.Put(words.Of(value.Word));
        row.Put(value.BankName);
        row.Put(RegisterValues.Text(value.AnsweredOn));
        row.Put(value.Note);
    }
}

/// <summary>account-corrections.csv: a bank says which account is now which. Columns and rules: schemas/import/account-corrections.md.</summary>
sealed class AccountCorrectionsFile() : RegisterFileFormat<AccountCorrection>(RegisterFileKind.AccountCorrections, "account-corrections.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn oldAccountNo = columns.Add("old_account_no", Id, required: true);
    static readonly RegisterColumn holder = columns.Add("account_name", ColumnType.Text, required: true);
    static readonly RegisterColumn newAccountNo = columns.Add("new_account_no", Id, required: true);
    static readonly RegisterColumn newBankBin = columns.Add("new_bank_bin", Code);
    static readonly RegisterColumn reason = columns.Add("reason", ColumnType.Text);

    public override string KeyInWords => "old_account_no";

    public override UInt128 KeyOf(AccountCorrection value) => RegisterKey.Of(value.OldAccountNo.Text);

    public override AccountCorrection Read(RegisterRowFields row)
    {
        var (before, name, after, bank) = (row.Account(oldAccountNo), row.RequiredText(holder), row.Account(newAccountNo), row.BankBin(newBankBin));
        if (before is not null && before == after && bank is null) row.Refuse(newAccountNo, "account.same", "The new account is the old one.", "Write the account as it is now, or leave the row out.");
        // Of a row that is refused nobody asks the value: an account that could not be read stays unread.
        return new AccountCorrection(before ?? default, name, after ?? default, bank, row.Text(reason));
    }

    public override void Write(RegisterRowWriter row, AccountCorrection value)
    {
        row.Put(value.OldAccountNo.Text);
        row.Put(value.Holder);
        row.Put(value.NewAccountNo.Text);
        row.Put(value.NewBankBin);
        row.Put(value.Reason);
    }
}
