using PaymentEngine.Core.Payments;

namespace PaymentEngine.App.Operations.Audit;

/// <summary>VERIFY.md of a bundle: how a stranger checks it with <c>sha256sum</c>, <c>openssl</c> and a spreadsheet, with nothing of ours. Its commands are run by a test.</summary>
static class BundleGuide
{
    public static string Text(RunId run, string fingerprint, string head, IEnumerable<string> manifests) => $$"""
        # Proof of run {{run}}

        This folder proves, without any server or program of the payer, who was to be paid what in run {{run}}, by which law, who approved it, what was sent to
        banks, what they answered, and where every đồng is. Open a terminal **in this folder** (Linux, macOS, or Windows with Git Bash) and do the steps in order. You need
        `sha256sum`, `openssl` and a spreadsheet. Each step says what must be printed; anything else is a finding, and the step names the file.

        **What is inside and what is not.** Names of recipients are inside: treat the folder as personal data. Account numbers are masked to their last four figures
        in all tables; they stand in full only in the files as sent to banks (`sent/`) and as received (`received/`). Identity numbers stand nowhere but in such files.

        ## 1. No file is missing, added or changed

        ```sh
        sha256sum --check --quiet --strict SHA256SUMS.check SHA256SUMS && echo FILES ARE WHOLE
        ```

        prints `FILES ARE WHOLE` (a warning about one comment line is of no matter). A file that is not in the list shows here; nothing must be printed:

        ```sh
        find . -type f | sed 's|^\./||' | grep -v '^SHA256SUMS' | sort | while read -r f; do grep -qF "  $f" SHA256SUMS || echo "ADDED: $f"; done
        ```

        ## 2. Whose word it is

        ```sh
        openssl x509 -in signing.crt -noout -fingerprint -sha256
        ```

        must print this fingerprint (with colons, in capitals):

            {{fingerprint}}

        **Do not believe it because it stands here.** Compare it with the one printed on the certificate of the month (biên bản) and on the approval paper (tờ trình) of this run, which
        were signed on paper when the run was approved. Then the list of digests and the head of the audit chain are that certificate's word:

        ```sh
        openssl cms -verify -binary -inform DER -in SHA256SUMS.p7s -content SHA256SUMS -certfile signing.crt -noverify -out /dev/null
        openssl cms -verify -binary -inform DER -in head/{{head}}.head.p7s -content head/{{head}}.head.json -certfile signing.crt -noverify -out /dev/null
        ```

        each print `CMS Verification successful` (older versions: `Verification successful`). `-noverify` is right: the certificate signs itself, and its fingerprint on paper is what you trust.

        ## 3. The record was not changed afterwards

        Every operation left a block in a chain; `chain/links.csv` has the links from this run's first block to the signed head. Each link ties the digest of a block's content to the hash of
        the block before:

        ```sh
        tail -n +2 chain/links.csv | while IFS=, read -r no previous content hash; do
          [ "$(printf 'payengine link 1\n%s\n%s\n' "$previous" "$content" | sha256sum | cut -d' ' -f1)" = "$hash" ] || echo "BROKEN: block $no"
          [ -z "$last" ] || [ "$last" = "$previous" ] || echo "BROKEN: block $no does not follow"
          last=$hash
        done; echo LINKS FOLLOWED
        ```

        prints `LINKS FOLLOWED` and nothing before it. The last hash is the one that was signed:

        ```sh
        grep -q "\"hash\":\"$(tail -n 1 chain/links.csv | cut -d, -f4)\"" head/{{head}}.head.json && echo HEAD REACHED
        ```

        prints `HEAD REACHED`. The blocks of this run are here in full; each has the digest that its link says:

        ```sh
        for f in chain/block-*.txt; do
          no=$(grep '^block ' "$f" | cut -d' ' -f2)
          grep -q "^$no,[0-9a-f]*,$(sha256sum "$f" | cut -d' ' -f1)," chain/links.csv || echo "BROKEN: $f"
        done; echo BLOCKS FIT
        ```

        prints `BLOCKS FIT` and nothing before it. They are plain text: who did what (`chain/operations.csv`), with counts, sums and digests.

        ## 4. What was approved is what was sent

        Each file to a bank has a manifest with its digest, and a signature over the manifest:

        ```sh
        {{string.Join('\n', manifests.Select(manifest => $"openssl cms -verify -binary -inform DER -in {manifest}.p7s -content {manifest} -noverify -out /dev/null"))}}
        cd sent && for f in *.json; do grep -o '"sha256": "[0-9a-f]*"' "$f" | cut -d'"' -f4 | grep -qF "$(sha256sum "$(grep -o '"file": "[^"]*"' "$f" | cut -d'"' -f4)" | cut -d' ' -f1)" || echo "BROKEN: $f"; done; cd ..; echo MANIFESTS FIT
        ```

        prints `MANIFESTS FIT`. `csv/steps.csv` and `csv/approvals.csv` show who made, submitted and approved the run, each with the digest of the content (`content_hash`): it must be one and the
        same in all of them, in `csv/run.csv` and in the block of the plan, and whoever approved must not be who made it.

        ## 5. The sums close (spreadsheet)

        Open the tables of `csv/` in a spreadsheet (UTF-8, comma). Then

        - `lines.csv`: the sum of `amount_vnd` for each `line_no` is `amount_vnd` of that line in `disbursements.csv`;
        - `disbursements.csv`: the sum of `amount_vnd` is `listed_vnd` in `run.csv`; every line has its sentence and citation in `explanations.csv`;
        - `attempts.csv`: for each `msg_id` count and sum of `amount_vnd` are `items` and `sum_vnd` in `files.csv` and in the manifest;
        - `places.csv`: the sum of `sum_vnd` is again `listed_vnd`: every đồng is in one place. It is the table of the certificate;
        - `postings.csv`: for each place, what came in (`to_place`) minus what went out (`from_place`) is the sum of that place in `places.csv`: the second road to the same figures;
        - `facts.csv` names the file (`import_no`, see `received.csv`) in which a bank said what became of each payment.

        ## 6. The same by program

            payengine audit verify FOLDER --fingerprint {{fingerprint}}

        does all of this with no database, computes the content hash of the run from the tables, and reads the law (`law/`) that the sums were computed by.

        """;
}
