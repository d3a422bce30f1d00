using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Tests.Serialization;

public sealed class MalformedPlanTests
{
    private const string Ball =
        "\"model\": { \"name\": \"ball\", \"parameters\": { \"g\": 9.81, \"e\": 0.8 }, \"states\": { \"y\": 10, \"v\": 0 }, " +
        "\"inputs\": { \"wind\": 0, \"ramp\": { \"signal\": \"ramp\", \"start\": 0, \"end\": 1, \"from\": 0, \"to\": 1 } }, \"outputs\": { \"energy\": \"g*y + v^2/2\" }, " +
        "\"modes\": { \"fall\": { \"flow\": { \"y\": \"v\", \"v\": \"-g + wind\" } } } }";

    [TestCase("", "p.json: the file is empty. A plan is an object")]
    [TestCase("[]", "p.json:1: an object is expected, but this is a list")]
    [TestCase("{} x", "'x' follows the end of the plan")]
    [TestCase("{ \"size\": 3 }", "p.json:1, model: the property 'model' is missing. Add \"model\": \"ball.json\".")]
    [TestCase("{ \"model\": 3, \"size\": 3 }", "model: a file or a model is expected, but this is the number 3")]
    [TestCase("{ \"model\": \"absent.json\", \"size\": 3 }", "absent.json: there is no such file")]
    [TestCase("{ \"model\": { \"name\": \"n\", \"modes\": { \"m\": { \"flow\": { \"x\": 1 } } } }, \"size\": 3 }", "p.json:1, model.modes.m.flow.x: ")]
    [TestCase("{ " + Ball + ", \"until\": 1 }", "size: the property 'size' is missing")]
    [TestCase("{ " + Ball + ", \"size\": 1 }", "until: there is no end time, and the model suggests none")]
    public void Text_is_refused_with_place_and_remedy(string text, string expected) => AssertRefused(text, expected);

    [TestCase("\"sise\": 3", "p.json:1, sise: unknown property 'sise'. Did you mean 'size'?")]
    [TestCase("\"seed\": -1", "seed: a seed is expected, but this is the number -1")]
    [TestCase("\"seed\": 18446744073709551616", "Write a whole number from 0 to 18446744073709551615.")]
    [TestCase("\"maxSteps\": 1.5", "maxSteps: the number 1.5 is not whole, or too large")]
    [TestCase("\"maxSteps\": 0", "maxSteps: at most 0 steps")]
    [TestCase("\"start\": 6", "until: the end time is 5 s, but the start is at 6 s")]
    [TestCase("\"eventTolerance\": -1", "eventTolerance: the tolerance is -1 s")]
    [TestCase("\"solver\": \"dp6\"", "solver: unknown solver 'dp6'. Did you mean 'dp5'? Known: auto, ")]
    [TestCase("\"solver\": { \"method\": \"rk4\", \"relativeTolerance\": 1e-6 }", "solver: a tolerance for a method of fixed step")]
    [TestCase("\"solver\": { \"relativeTolerance\": 2 }", "solver: relative tolerance 2")]
    [TestCase("\"design\": \"sobel\"", "design: unknown design 'sobel'. Did you mean 'sobol'?")]
    [TestCase("\"values\": { \"gg\": 1 }", "values.gg: unknown name 'gg'. Did you mean 'g'?")]
    [TestCase("\"values\": { \"g\": \"1\" }", "values.g: a number is expected, but this is the text '1'")]
    [TestCase("\"values\": { \"energy\": 1 }", "values.energy: 'energy' is an output and cannot be set")]
    [TestCase("\"values\": { \"ramp\": 1 }", "values.ramp: the input 'ramp' changes over time by itself")]
    [TestCase("\"commands\": [ { \"at\": 1 } ]", "commands[0]: a timed command needs 'command' or 'set'")]
    [TestCase("\"commands\": [ { \"at\": 1, \"set\": { \"g\": 1, \"y\": 2 } }, { \"at\": -1, \"set\": { \"g\": 1 } } ]", "commands[1]: the time is -1 s")]
    [TestCase("\"commands\": [ { \"at\": 1, \"command\": \"go\" } ]", "commands[0]: no transition listens to the command 'go'")]
    [TestCase("\"vary\": { \"f\": { \"normal\": [0, 1] } }", "vary.f: unknown name 'f'")]
    [TestCase("\"vary\": { \"e\": { \"normal\": [0.8, -1] } }", "vary.e: a normal distribution: the deviation -1 is not a finite number of at least zero")]
    [TestCase("\"vary\": { \"e\": { \"normal\": [0.8] } }", "vary.e.normal: 1 numbers, but 2 are expected. Write [mean, deviation].")]
    [TestCase("\"vary\": { \"e\": { \"normal\": { \"mean\": 1, \"sigma\": 1 } } }", "vary.e.normal.sigma: unknown property 'sigma'")]
    [TestCase("\"vary\": { \"e\": { \"normal\": { \"mean\": 1 } } }", "vary.e.normal.deviation: the property 'deviation' is missing")]
    [TestCase("\"vary\": { \"e\": { \"nromal\": [0, 1] } }", "vary.e.nromal: unknown property 'nromal'. Did you mean 'normal'?")]
    [TestCase("\"vary\": { \"e\": {} }", "vary.e: there is no distribution")]
    [TestCase("\"vary\": { \"e\": 0.8 }", "vary.e: an object is expected, but this is the number 0.8")]
    [TestCase("\"vary\": { \"e\": { \"normal\": [0, 1], \"uniform\": [0, 1] } }", "vary.e: there are 2 distributions: normal, uniform")]
    [TestCase("\"vary\": { \"e\": { \"beta\": [1, 2, 3] } }", "vary.e.beta: 3 numbers, but 2 or 4 are expected")]
    [TestCase("\"vary\": { \"e\": { \"discrete\": { \"values\": [1, 2], \"weights\": [1] } } }", "vary.e: a discrete distribution: 1 weights for 2 values")]
    [TestCase("\"vary\": { \"e\": { \"empirical\": { \"values\": [1], \"file\": \"a\" } } }", "vary.e.empirical: there are both 'file' and 'values'")]
    [TestCase("\"vary\": { \"e\": { \"empirical\": { \"file\": \"absent.csv\", \"column\": \"e\" } } }", "absent.csv: there is no such file")]
    [TestCase("\"vary\": { \"e\": { \"grid\": { \"from\": 0, \"to\": 1, \"count\": 1e12 } } }", "vary.e.grid.count: there are 1000000000000 points")]
    [TestCase("\"vary\": { \"e\": { \"uniform\": [0, 1] } }, \"design\": \"grid\"", "vary.e: a grid design needs points, but this is a uniform distribution")]
    [TestCase("\"vary\": { \"e\": { \"uniform\": [0, 1] } }, \"values\": { \"e\": 1 }", "vary.e: 'e' varies, but is also given a value")]
    [TestCase("\"vary\": { \"e\": { \"uniform\": [0, 1] } }, \"design\": \"points\"", "points: 0 values for 1 variations")]
    [TestCase("\"points\": [[1], [1, 2], 3]", "points[1]: the row has 2 values, the first has 1")]
    [TestCase("\"points\": [[1], [1, 2], 3]", "points[2]: a list of numbers is expected, but this is the number 3")]
    [TestCase("\"correlations\": [ [\"a\", 1] ]", "correlations[0]: a correlation is two names and a number")]
    [TestCase("\"vary\": { \"e\": { \"uniform\": [0, 1] } }, \"correlations\": [ [\"e\", \"g\", 0.5] ]", "correlations[0]: 'g' does not vary. Known: e.")]
    [TestCase("\"noise\": { \"g\": { \"normal\": [0, 1], \"every\": 1 } }", "noise.g: 'g' is a parameter. Only an input can be noise")]
    [TestCase("\"noise\": { \"wind\": { \"normal\": [0, 1] } }", "noise.wind.every: the property 'every' is missing")]
    [TestCase("\"noise\": { \"wind\": { \"normal\": [0, 1], \"every\": 0 } }", "noise.wind: the period is 0 s")]
    [TestCase("\"alternatives\": { \"a\": { \"q\": 1 } }", "alternatives.a.q: unknown name 'q'")]
    [TestCase("\"alternatives\": { \"a\": 1 }", "alternatives.a: an object is expected")]
    [TestCase("\"vary\": { \"e\": { \"uniform\": [0, 1] } }, \"alternatives\": { \"a\": { \"e\": 1 } }", "alternatives.a.e: 'e' varies from trajectory to trajectory")]
    [TestCase("\"record\": { \"every\": 0, \"variables\": [\"y\"] }", "record.every: the spacing is 0 s")]
    [TestCase("\"record\": { \"every\": 1e-12, \"variables\": [\"y\"] }", "record.every: a spacing of 1E-12 s gives 5000000000000 times")]
    [TestCase("\"record\": { \"every\": 1, \"times\": [1], \"variables\": [\"y\"] }", "record.every: there are both 'every' and 'times'")]
    [TestCase("\"record\": { \"times\": [1, 1], \"variables\": [\"y\"] }", "record.times[1]: the time 1 s comes after 1 s")]
    [TestCase("\"record\": { \"times\": [9], \"variables\": [\"y\"] }", "record.times[0]: the time 9 s is not in the run, from 0 s to 5 s")]
    [TestCase("\"record\": { \"variables\": [\"y\"] }", "record: something is to be sampled, but there are no times")]
    [TestCase("\"record\": { \"every\": 1, \"variables\": [\"y\", \"y\"] }", "record.variables[1]: the name 'y' already belongs to a record before it")]
    [TestCase("\"record\": { \"every\": 1, \"variables\": [\"yy\"] }", "record.variables[0]: unknown name 'yy'. Did you mean 'y'?")]
    [TestCase("\"record\": { \"every\": 1, \"variables\": [{ \"name\": \"a\" }] }", "record.variables[0].expr: the property 'expr' is missing")]
    [TestCase("\"record\": { \"final\": [\"y\"] }", "record.final[0]: the name 'y' already belongs to the final value that every result has")]
    [TestCase("\"record\": { \"events\": -1 }", "record.events: -1 events")]
    [TestCase("\"record\": { \"events\": 0.5 }", "record.events: 0.5 events")]
    [TestCase("\"record\": { \"passages\": { \"a\": \"y\" } }", "record.passages.a: this is a number, but a condition is expected")]
    [TestCase("\"record\": { \"passages\": { \"a\": \"crosses(y)\" } }", "record.passages.a: crosses(...) cannot stand here")]
    [TestCase("\"require\": { \"time\": \"y > 0\" }", "require.time: the name 'time' already belongs to the column that every result has")]
    [TestCase("\"require\": { \"a\": { \"never\": \"y > 0\" } }", "require.a.never: unknown property 'never'")]
    [TestCase("\"require\": { \"a\": {} }", "require.a: a requirement has one of always, eventually, atEnd, formula, but this has 0")]
    [TestCase("\"require\": { \"a\": { \"always\": \"y >\" } }", "require.a.always: ")]
    [TestCase("\"stop\": { \"a\": \"q > 0\" }", "stop.a: unknown name 'q'")]
    public void A_fault_is_named_with_its_path_and_remedy(string part, string expected) => AssertRefused($"{{ {Ball}, \"size\": 3, \"until\": 5, {part} }}", expected);

    [Test]
    public void All_faults_are_reported_together_in_the_order_of_the_text()
    {
        string text = $$"""
            { {{Ball}},
              "size": -1,
              "vary": { "q": { "normal": [0, 1] },
                        "e": { "uniform": [1, 0] } },
              "colour": 1,
              "record": { "every": 0.5, "variables": ["y", "z"] },
              "require": { "safe": "w > 0" },
              "until": 5 }
            """;
        var fault = Assert.Throws<ModelException>(() => PlanFile.Parse(text, "p.json"))!;
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(
        [
            "p.json:2, size", "p.json:3, vary.q", "p.json:4, vary.e", "p.json:5, colour", "p.json:6, record.variables[1]", "p.json:7, require.safe",
        ]), fault.Message);
    }

    [Test]
    public void Without_a_model_no_name_is_called_unknown()
    {
        var fault = Assert.Throws<ModelException>(() => PlanFile.Parse(
            "{ \"size\": 1, \"until\": 2, \"vary\": { \"e\": { \"normal\": [1] } }, \"require\": { \"a\": \"y > 0\" } }", "p.json"))!;
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "p.json:1, model", "p.json:1, vary.e.normal" }));
    }

    [Test]
    public void Mutated_files_are_read_or_refused_but_never_crash()
    {
        byte[][] valid = [.. EveryPlan.All.Select(plan => Encoding.UTF8.GetBytes(PlanFile.Write(plan))), Encoding.UTF8.GetBytes($"{{ {Ball}, \"size\": 3, \"until\": 5 }}")];
        byte[] spice = "{}[]\",:0123456789eE+-.\\/\n tfn\0\u00ff()*'"u8.ToArray();
        var random = new Random(2001);
        int refused = 0;
        for (int k = 0; k < 3000; k++)
        {
            byte[] bytes = Mutate(valid[k % valid.Length], spice, random);
            try
            {
                PlanFile.Parse(bytes, "p.json");
            }
            catch (ModelException fault)
            {
                refused++;
                Assert.That(fault.Findings, Is.Not.Empty);
                Assert.That(fault.Findings, Has.All.Matches<Finding>(finding => finding is { What.Length: > 0, Where.Length: > 0 }));
            }
            catch (Exception fault)
            {
                Assert.Fail($"mutation {k}: {fault}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }

        Assert.That(refused, Is.InRange(1500, 2999), "most mutations break a plan");
    }

    // Most changes fall behind the model, which has a test of its own.
    private static byte[] Mutate(byte[] valid, byte[] spice, Random random)
    {
        List<byte> text = [.. valid];
        for (int change = random.Next(1, 4); change > 0 && text.Count > 0; change--)
        {
            int at = random.Next(4) == 0 ? random.Next(text.Count) : text.Count - 1 - random.Next(Math.Min(text.Count, 2500));
            switch (random.Next(6))
            {
                case 0:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text[at] = spice[random.Next(spice.Length)];
                    break;
                case 2:
                    text.RemoveRange(at, Math.Min(random.Next(1, 20), text.Count - at));
                    break;
                case 3:
                    text.Insert(at, spice[random.Next(spice.Length)]);
                    break;
                case 4:
                    text.InsertRange(at, text.GetRange(at, Math.Min(random.Next(1, 60), text.Count - at)));
                    break;
                default:
                    text.RemoveRange(at, text.Count - at);
                    break;
            }
        }

        return [.. text];
    }

    private static void AssertRefused(string text, string expected) =>
        Assert.That(() => PlanFile.Parse(text, "p.json"), Throws.TypeOf<ModelException>().With.Message.Contains(expected));
}
