using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Cli.Tests;

public sealed class RandomModelTests
{
    private static readonly string[] Leaves = ["0", "1", "-1", "1e300", "1e-300", "h", "v", "g", "t", "n", "u", "speed"];
    private static readonly string[] Shapes =
        ["({0}) + ({1})", "({0}) - ({1})", "({0})*({1})", "({0})/({1})", "({0})^({1})", "sqrt({0})", "log({0})", "max({0}, {1})", "abs({0})",
         "floor({0})", "mod({0}, {1})", "exp({0})", "select({0} > {1}, {1}, {0})", "-({0})", "tan({0})"];

    /// <summary>Formulas without sense: whatever reads must run, or end with a reason, but never crash or hang.</summary>
    [Test]
    public void A_model_of_random_formulas_runs_or_is_refused_with_a_reason()
    {
        string folder = Directory.CreateTempSubdirectory("hybrid").FullName;
        string path = Path.Combine(folder, "m.json");
        var random = new Random(3);
        int completed = 0;
        int failed = 0;
        for (int k = 0; k < 250; k++)
        {
            string F(int depth = 2) => depth == 0 || random.Next(3) == 0
                ? Leaves[random.Next(Leaves.Length)]
                : string.Format(null, Shapes[random.Next(Shapes.Length)], F(depth - 1), F(depth - 1));
            string C() => $"{F()} {(random.Next(2) == 0 ? "<=" : ">")} {F()}{(random.Next(3) == 0 ? $" & {F(1)} > {F(1)}" : "")}";
            string rule = random.Next(10) switch
            {
                0 or 1 => ", \"rule\": \"edge\", \"direction\": \"both\"",
                2 => $", \"after\": \"abs({F(1)}) + 0*t\"",
                3 => $", \"after\": \"abs({F(1)})*exponential(2) + 0*t\", \"survives\": true, \"instances\": 3",
                4 => $", \"rate\": \"{F()} + 0*t\"",
                5 => ", \"every\": 0.1",
                6 => ", \"rule\": \"permissive\", \"policy\": \"alap\"",
                7 => $", \"rule\": \"permissive\", \"policy\": \"random\", \"mean\": \"1 + abs({F(1)}) + 0*t\"",
                _ => "",
            };
            File.WriteAllText(path, $$"""
                { "name": "m", "parameters": { "g": 9.81 }, "states": { "h": 10, "v": "g/2" }, "discrete": { "n": 0 },
                  "inputs": { "u": { "signal": "sine", "amplitude": 1, "frequency": 1 } }, "outputs": { "speed": "abs(v)" },
                  "modes": { "a": { "flow": { "h": "{{F()}}", "v": "{{F()}}" }, "invariant": "{{C()}}" }, "b": { "flow": { "h": "v", "v": "-g" } } },
                  "transitions": [ { "from": "a", "to": "b", "guard": "{{C()}}"{{rule}}, "reset": { "v": "{{F()}} + normal(0, 1)", "n": "n + 1" } },
                    { "from": "b", "to": "a", "guard": "{{C()}}", "reset": { "h": "{{F()}}" }, "priority": "{{F(1)}}" } ],
                  "sampled": { "s": { "period": 0.5, "set": { "n": "{{F(1)}}" } } } }
                """);
            Assert.That(ModelFile.Check(path).Where(finding => finding.Severity == Severity.Error), Is.Empty, File.ReadAllText(path));
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));
            CommandRun run = CommandRun.Of(["simulate", path, "--until", "2", "--out", Path.Combine(folder, "m.csv")], showsProgress: false, stop.Token);
            Assert.That(run.Code, Is.AnyOf(ExitCode.Ok, ExitCode.RunFailed, ExitCode.Cancelled), $"{run.Error}\n{File.ReadAllText(path)}");
            if (run.Code != ExitCode.Ok)
            {
                Assert.That(run.Error, Does.Contain("error: "));
            }

            completed += run.Code == ExitCode.Ok ? 1 : 0;
            failed += run.Code == ExitCode.RunFailed ? 1 : 0;
        }

        Directory.Delete(folder, recursive: true);
        TestContext.Out.WriteLine($"{completed} completed, {failed} ended in an error");
        Assert.That(completed, Is.Positive, "some models run to the end");
        Assert.That(failed, Is.Positive, "some models fail");
    }
}
