"""Says what stands in a bank's message file: the oracle the reader is compared with.

Written from the rules for bank messages alone (what a return is, what the lowest level of a rejection is, how an amount
reads), with a plain tree in memory, so that it shares neither code nor method with the streaming reader it judges.

    python3 expected.py                 writes expected.json for every file of messages/
    python3 expected.py --check         says whether expected.json is what this script writes (exit 1 when not)
    python3 expected.py --index F.csv   compares with an index of other files that stands beside them
    python3 expected.py FILE...         prints what stands in the files

Definitions
  messages      one name for each message of the file, as `camt.053.001.08`; without a version where none is told.
  entries       Ntry of every Stmt, Rpt and Ntfctn.
  transactions  TxDtls of the entries; TxInfAndSts, TxInf or CdtTrfTxInf of the other messages.
  sums          by currency and side: the entries' amounts; the instructed amounts (InstdAmt) of orders, on the debit side.
                An amount that does not read, or an entry without a side, is in no sum; one
                without a currency is summed apart, under the empty name.
  returns       money that comes back: credit details (or credit entries without details) with RtrInf, or with the
                sub-family RRTN, RPCR or ARET; every TxInf of a pacs.004. What an id or a phrase tells is a question to the orders.
  rejects       RJCT at the lowest level of the file that has one: transactions, else batches, else groups.
  rows          what is said of every status, entry and detail, one line each, in the order of the file: a batch's status after
                its payments, the group's last, an entry after its details. `-` is absent; NOTPROVIDED is no id.
  findings      how often something is odd: the balances of a statement that do not follow from its booked entries under
                either reading of reversals (balance_differs) or only with them turned (reversals_turned), an entry without a
                status, details that explain neither the entry nor the entry with its charges, amounts that do not read or
                have a fraction of a đồng, headers that count or sum otherwise, a namespace that is not the official one.
"""

import collections
import csv
import decimal
import hashlib
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as Tree

HERE = pathlib.Path(__file__).resolve().parent
KNOWN = {
    "CstmrPmtStsRpt": "pain.002", "FIToFIPmtStsRpt": "pacs.002", "BkToCstmrAcctRpt": "camt.052", "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054", "RsltnOfInvstgtn": "camt.029", "CstmrPmtCxlReq": "camt.055", "FIToFIPmtCxlReq": "camt.056",
    "PmtRtr": "pacs.004", "CstmrCdtTrfInitn": "pain.001",
}
OFFICIAL = "urn:iso:std:iso:20022:tech:xsd:"
RETURN_CODES = {"RRTN", "RPCR", "ARET"}
AMOUNT = re.compile(r"\+?(\d+(\.\d*)?|\.\d+)")


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def namespace(element):
    return element.tag[1:].rsplit("}", 1)[0] if element.tag.startswith("{") else ""


def every(element, path):
    """The elements at a path of local names, whatever their namespace and order."""
    found = [element]
    for name in path.split("/"):
        found = [child for parent in found for child in parent if isinstance(child.tag, str) and local(child) == name]
    return found


def words(element, path):
    """The texts at a path, trimmed; an empty element is an absent one."""
    return [text for text in ("".join(e.itertext()).strip() for e in every(element, path)) if text]


def word(element, *paths):
    return next((text for path in paths for text in words(element, path)), None)


def documents(data):
    """The XML documents of a file: some banks put several one after the other."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8")
    elif data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    starts = [m.start() for m in re.finditer(rb"<\?xml\s", data)]
    if not starts or data[:starts[0]].strip():
        starts = [0] + starts
    for start, end in zip(starts, starts[1:] + [len(data)]):
        yield Tree.fromstring(data[start:end].strip(), Tree.XMLParser(target=Tree.TreeBuilder(insert_comments=False, insert_pis=False)))


def messages(root):
    """The messages under a root, looking through envelopes: (name with version, body, what is odd about its namespace)."""
    for parent in root.iter():
        for child in parent:
            if isinstance(child.tag, str) and local(child) in KNOWN:
                name = KNOWN[local(child)]
                space = namespace(child)
                told = re.search(r"(pain|camt|pacs)\.\d{3}\.\d{3}\.\d{2}", space)
                own = told is not None and told.group(0).startswith(name)
                odd = "version_unknown" if told is None else "namespace_differs" if not own else None if space == OFFICIAL + told.group(0) else "dialect"
                yield (told.group(0) if own else name), child, odd


def amount(element):
    """The (value, currency) of an amount element, or None when it does not read. The currency is empty where none is told."""
    text = (element.text or "").strip()
    return (decimal.Decimal(text), element.get("Ccy", "").strip()) if AMOUNT.fullmatch(text) else None


def row(*cells):
    return "|".join(cell if cell else "-" for cell in cells)


def shown(value):
    return f"{format(value[0], 'f')} {value[1]}" if value else None


def why(element, path):
    """The reasons under an element: code, the bank's own code, or words."""
    given = []
    for told in every(element, path):
        given.append(":".join([word(told, "Rsn/Cd") or "", word(told, "Rsn/Prtry") or "", " ".join(words(told, "AddtlInf"))]))
    return ";".join(given)


def reference(element, path):
    text = word(element, path)
    return None if text == "NOTPROVIDED" else text


def date(element, path):
    text = word(element, path + "/Dt", path + "/DtTm")
    return text[:10] if text else None


def is_return(entry, detail=None):
    side = (word(detail, "CdtDbtInd") if detail is not None else None) or word(entry, "CdtDbtInd")
    codes = words(entry, "BkTxCd/Domn/Fmly/SubFmlyCd") + (words(detail, "BkTxCd/Domn/Fmly/SubFmlyCd") if detail is not None else [])
    told = detail is not None and bool(every(detail, "RtrInf"))
    return side == "CRDT" and (told or any(code in RETURN_CODES for code in codes))


class Totals:
    def __init__(self):
        self.messages, self.entries, self.transactions, self.returns, self.sums = [], 0, 0, 0, {}
        self.rejected = {"group": 0, "batch": 0, "transaction": 0}
        self.rows, self.findings = [], collections.Counter()

    def money(self, value, side):
        number, currency = value
        pair = self.sums.setdefault(currency, {"credit": decimal.Decimal(0), "debit": decimal.Decimal(0)})
        pair[side] += number

    def amount(self, element):
        """An amount, with a finding when it does not read or is a fraction of a đồng."""
        value = amount(element)
        if value is None:
            self.findings["amount.malformed"] += 1
        elif not value[1]:
            self.findings["amount.no_currency"] += 1
        elif value[1] == "VND" and value[0] != value[0].to_integral_value():
            self.findings["amount.fraction_of_dong"] += 1
        return value

    def account(self, body, kind):
        for sheet in [e for name in ("Stmt", "Rpt", "Ntfctn") for e in every(body, name)]:
            booked, turned = collections.Counter(), collections.Counter()
            for entry in every(sheet, "Ntry"):
                value, sign = self.entry(entry, kind)
                status = word(entry, "Sts/Cd", "Sts")
                if value and sign and (status == "BOOK" or status is None and kind == "camt.053"):
                    booked[value[1]] += sign * value[0]
                    turned[value[1]] += (-sign if word(entry, "RvslInd") in ("true", "1") else sign) * value[0]
            self.balances(sheet, booked, turned)

    def balances(self, sheet, booked, turned):
        found = {}
        for balance in every(sheet, "Bal"):
            code, value = word(balance, "Tp/CdOrPrtry/Cd"), next((amount(a) for a in every(balance, "Amt")), None)
            name = {"OPBD": "opening", "PRCD": "opening", "CLBD": "closing"}.get(code)
            if value and name and (name == "closing" or name not in found):
                found[name] = (value[0] * (1 if word(balance, "CdtDbtInd") == "CRDT" else -1), value[1])
        if len(found) == 2 and found["opening"][1] == found["closing"][1]:
            currency, moved = found["opening"][1], found["closing"][0] - found["opening"][0]
            if moved != booked[currency]:
                self.findings["statement.reversals_turned" if moved == turned[currency] else "statement.balance_differs"] += 1

    def entry(self, entry, kind):
        self.entries += 1
        side = word(entry, "CdtDbtInd")
        sign = {"CRDT": 1, "DBIT": -1}.get(side)
        value = next((self.amount(a) for a in every(entry, "Amt")), None)
        if value and sign:
            self.money(value, "credit" if sign > 0 else "debit")
        status = word(entry, "Sts/Cd", "Sts")
        if status is None:
            self.findings["entry.status_missing"] += 1
        details = every(entry, "NtryDtls/TxDtls")
        self.transactions += len(details)
        self.returns += sum(is_return(entry, d) for d in details) if details else is_return(entry)
        amounts = []
        for detail in details:
            path = next((p for p in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt") if every(detail, p)), None)
            own = self.amount(every(detail, path)[0]) if path else None
            amounts.append((own, word(detail, "CdtDbtInd") or side))
            self.rows.append(row(
                "detail", shown(own), word(detail, "CdtDbtInd"), reference(detail, "Refs/EndToEndId"), reference(detail, "Refs/InstrId"), reference(detail, "Refs/UETR"),
                reference(detail, "Refs/PmtInfId"), reference(detail, "Refs/AcctSvcrRef"), why(detail, "RtrInf"), " ".join(words(detail, "RmtInf/Ustrd")),
                word(detail, "RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm"), word(detail, "RltdPties/CdtrAcct/Id/Othr/Id", "RltdPties/CdtrAcct/Id/IBAN")))
        if value and amounts and all(own and own[1] == value[1] for own, _ in amounts):
            total = sum(own[0] * (1 if its == side else -1) for own, its in amounts)
            charges = [decimal.Decimal(c) for c in words(entry, "Chrgs/TtlChrgsAndTaxAmt")]
            if abs(total - value[0]) not in (0, sum(charges)):
                self.findings["entry.details_differ"] += 1
        self.rows.append(row(
            "entry", shown(value), side if sign else None, status, date(entry, "BookgDt"), "/".join(words(entry, "BkTxCd/Domn/Fmly/Cd") + words(entry, "BkTxCd/Domn/Fmly/SubFmlyCd")),
            word(entry, "BkTxCd/Prtry/Cd"), word(entry, "NtryDtls/Btch/PmtInfId"), word(entry, "NtryRef"), word(entry, "AcctSvcrRef"), word(entry, "AddtlNtryInf")))
        return value, sign

    def item(self, item, message, batch):
        status = word(item, "TxSts")
        self.transactions += 1
        self.rejected["transaction"] += status == "RJCT"
        self.rows.append(row("transaction", status, message, batch, reference(item, "OrgnlInstrId"), reference(item, "OrgnlEndToEndId"), word(item, "OrgnlUETR"), why(item, "StsRsnInf")))

    def status(self, body):
        message = word(body, "OrgnlGrpInfAndSts/OrgnlMsgId")
        for batch in every(body, "OrgnlPmtInfAndSts"):
            ident, status = word(batch, "OrgnlPmtInfId"), word(batch, "PmtInfSts")
            for item in every(batch, "TxInfAndSts"):
                self.item(item, message, ident)
            self.rejected["batch"] += status == "RJCT"
            if status:
                self.rows.append(row("batch", status, message, ident, why(batch, "StsRsnInf")))
        for item in every(body, "TxInfAndSts"):
            self.item(item, message, None)
        group = word(body, "OrgnlGrpInfAndSts/GrpSts")
        self.rejected["group"] += group == "RJCT"
        if group:
            self.rows.append(row("group", group, message, why(body, "OrgnlGrpInfAndSts/StsRsnInf")))

    def answers(self, body):
        """What a bank says to a recall: payments, then their batch or group, the case last."""
        for part in every(body, "CxlDtls"):
            for batch in every(part, "OrgnlPmtInfAndSts"):
                for item in every(batch, "TxInfAndSts"):
                    self.answer_item(item, word(batch, "OrgnlPmtInfId"))
                if word(batch, "PmtInfCxlSts"):
                    self.rows.append(row("answer to batch", word(batch, "PmtInfCxlSts"), word(batch, "OrgnlPmtInfId")))
            for item in every(part, "TxInfAndSts"):
                self.answer_item(item, None)
            if word(part, "OrgnlGrpInfAndSts/GrpCxlSts"):
                self.rows.append(row("answer to group", word(part, "OrgnlGrpInfAndSts/GrpCxlSts"), word(part, "OrgnlGrpInfAndSts/OrgnlMsgId")))
        if word(body, "Sts/Conf"):
            self.rows.append(row("case", word(body, "Sts/Conf"), word(body, "RslvdCase/Id")))

    def answer_item(self, item, batch):
        self.transactions += 1
        self.rows.append(row("answer", word(item, "TxCxlSts"), batch, reference(item, "OrgnlInstrId"), reference(item, "OrgnlEndToEndId"), word(item, "OrgnlUETR", "UETR"), why(item, "CxlStsRsnInf")))

    def passed_on(self, name, item, first, second, reasons):
        """A return or a recall that a bank passed on."""
        self.transactions += 1
        value = next((self.amount(a) for path in (first, second) if path for a in every(item, path)), None)
        self.rows.append(row(name, shown(value), reference(item, "OrgnlInstrId"), reference(item, "OrgnlEndToEndId"), reference(item, "OrgnlTxId"), word(item, "OrgnlUETR"), why(item, reasons)))

    def orders(self, body):
        orders = every(body, "PmtInf/CdtTrfTxInf")
        self.transactions += len(orders)
        total = decimal.Decimal(0)
        for order in orders:
            value = next((self.amount(a) for a in every(order, "Amt/InstdAmt")), None)
            self.rows.append(row("order", shown(value), word(order, "PmtId/EndToEndId")))
            if value:
                self.money(value, "debit")
                total += value[0]
        count, announced = word(body, "GrpHdr/NbOfTxs"), word(body, "GrpHdr/CtrlSum")
        if count and int(count) != len(orders):
            self.findings["header.count_differs"] += 1
        if announced and decimal.Decimal(announced) != total:
            self.findings["header.sum_differs"] += 1

    def add(self, name, body, odd):
        self.messages.append(name)
        if odd:
            self.findings["message." + odd] += 1
        kind = name[:8]
        if kind in ("camt.052", "camt.053", "camt.054"):
            self.account(body, kind)
        elif kind in ("pain.002", "pacs.002"):
            self.status(body)
        elif kind == "camt.029":
            self.answers(body)
        elif kind in ("camt.055", "camt.056"):
            for item in every(body, "Undrlyg/TxInf") + every(body, "Undrlyg/OrgnlPmtInfAndCxl/TxInf"):
                self.passed_on("recall", item, "OrgnlIntrBkSttlmAmt", "OrgnlInstdAmt", "CxlRsnInf")
        elif kind == "pacs.004":
            for item in every(body, "TxInf"):
                self.passed_on("return", item, "RtrdIntrBkSttlmAmt", None, "RtrRsnInf")
                self.returns += 1
        elif kind == "pain.001":
            self.orders(body)

    def answer(self):
        lowest = next((self.rejected[level] for level in ("transaction", "batch", "group") if self.rejected[level]), 0)
        return {
            "messages": self.messages, "entries": self.entries, "transactions": self.transactions,
            "sums": {c: {side: format(v, "f") for side, v in pair.items()} for c, pair in sorted(self.sums.items())},
            "returns": self.returns, "rejects": lowest, "rejected": self.rejected,
            "findings": dict(sorted(self.findings.items())), "rows": self.rows,
        }


def read(data):
    totals = Totals()
    for root in documents(data):
        for name, body, odd in messages(root):
            totals.add(name, body, odd)
    return {"sha256": hashlib.sha256(data).hexdigest(), **totals.answer()}


def compare(index):
    """An index with the columns message, entries, transactions, sum_credit, sum_debit, sum_amount, returns, and rejects of all levels together."""
    wrong = 0
    for row in csv.DictReader(open(index, encoding="utf-8")):
        answer = read((index.parent / row["file"]).read_bytes())
        pair = answer["sums"].get(row["currencies"], {"credit": "0", "debit": "0"})
        told = {
            "message": answer["messages"][0], "entries": str(answer["entries"]), "transactions": str(answer["transactions"]), "returns": str(answer["returns"]),
            "rejects": str(sum(answer["rejected"].values())), "sum_credit": pair["credit"], "sum_debit": pair["debit"], "sum_amount": pair["debit"]}
        for column, value in told.items():
            if row[column] and row[column] != value:
                wrong += 1
                print(f"{row['file']}: {column} is {row[column]} in the index and {value} here")
    print(f"{wrong} differences")
    return 1 if wrong else 0


def main(arguments):
    if arguments[:1] == ["--index"]:
        return compare(pathlib.Path(arguments[1]))
    if arguments and arguments[0] != "--check":
        for name in arguments:
            print(name, json.dumps(read(pathlib.Path(name).read_bytes())))
        return 0
    answers = {path.name: read(path.read_bytes()) for path in sorted((HERE / "messages").glob("*.xml"))}
    text = json.dumps(answers, indent=1, ensure_ascii=False) + "\n"
    target = HERE / "expected.json"
    if arguments:
        same = target.exists() and target.read_text(encoding="utf-8") == text
        print("expected.json is what expected.py writes" if same else "expected.json is not what expected.py writes")
        return 0 if same else 1
    target.write_text(text, encoding="utf-8")
    print(f"{len(answers)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
