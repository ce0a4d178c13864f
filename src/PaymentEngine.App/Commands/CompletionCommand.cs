using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.Core;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine completion bash|zsh|fish</c>: a script that lets the shell offer commands, options, runs, months and banks.</summary>
static class CompletionCommand
{
    // Each asks the program itself (the parser's [suggest] directive), so that a new command needs no new script.
    const string Bash = """
        _payengine() {
            local rest="${COMP_LINE#* }"
            local point=$(( COMP_POINT - ${#COMP_LINE} + ${#rest} ))
            local IFS=$'\n'
            COMPREPLY=( $(compgen -W "$(payengine "[suggest:$point]" "$rest" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _payengine payengine
        """;

    const string Zsh = """
        #compdef payengine
        _payengine() {
            local line="${BUFFER[1,CURSOR]}"
            local rest="${line#* }"
            local -a found
            found=("${(@f)$(payengine "[suggest:${#rest}]" "$rest" 2>/dev/null)}")
            compadd -- $found
        }
        compdef _payengine payengine
        """;

    const string Fish = """
        function __payengine
            set -l rest (string replace -r '^\S+\s' '' -- (commandline -cp))
            payengine "[suggest:"(string length -- "$rest")"]" "$rest" 2>/dev/null
        end
        complete -c payengine -f -a '(__payengine)'
        """;

    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("shell") { HelpName = "bash|zsh|fish", Description = context.Text("bash · zsh · fish; cách cài nằm ở dòng đầu", "bash · zsh · fish; how to install it stands in the first line") };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return new Command("completion", context.Text("Mã để vỏ lệnh gợi ý lệnh, đợt, tháng, ngân hàng khi nhấn Tab", "A script with which the shell completes commands, runs, months and banks")) { shell }
            .Answers(context, parse => AnswerOf(parse.GetRequiredValue(shell)));
    }

    static Answer AnswerOf(string shell)
    {
        var (script, install) = shell switch
        {
            "bash" => (Bash, "# echo 'source <(payengine completion bash)' >> ~/.bashrc"),
            "zsh" => (Zsh, "# echo 'source <(payengine completion zsh)' >> ~/.zshrc"),
            _ => (Fish, "# payengine completion fish > ~/.config/fish/completions/payengine.fish"),
        };
        // zsh reads the kind of a file from its first line.
        var text = shell == "zsh" ? script.Replace("#compdef payengine\n", $"#compdef payengine\n{install}\n", StringComparison.Ordinal) : $"{install}\n{script}";
        return Answer.Of(new { shell, script = text }, output => output.Line(text));
    }
}
