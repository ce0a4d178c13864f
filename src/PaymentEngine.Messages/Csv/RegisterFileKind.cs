namespace PaymentEngine.Messages.Csv;

/// <summary>The files a register comes in. Columns: schemas/import/.</summary>
public enum RegisterFileKind : byte { Areas = 1, Payers, People, Awards, Payees, Paid, LocalStandards, Recoupments }
