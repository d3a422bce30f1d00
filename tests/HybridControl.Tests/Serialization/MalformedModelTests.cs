using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Tests.Serialization;

public sealed class MalformedModelTests
{
    private const string Head = "{ \"name\": \"n\", \"parameters\": { \"g\": 9.81 }, \"states\": { \"h\": 1, \"v\": 0 }, ";
    private const string Modes = "\"modes\": { \"fall\": { \"flow\": { \"h\": \"v\", \"v\": \"-g\" } } }";

    [TestCase("", "m.json: the file is empty")]
    [TestCase("   \n ", "m.json: the file is empty")]
    [TestCase("[]", "m.json:1: an object is expected, but this is a list")]
    [TestCase("null", "m.json:1: an object is expected, but this is null")]
    [TestCase("{", "m.json:1:2: the text ends in the middle of a value")]
    [TestCase("{ \"name\": \"abc", "the text ends in the middle of a value")]
    [TestCase("{ \"name\": \"n\", \n \"modes\": { \"m\": {} } } x", "m.json:2:25: 'x' follows the end of the model. Remove everything after the last '}'.")]
    [TestCase("{ \"name\": \"n\", \"modes\": { \"m\": {}, } }", "a comma stands before '}'")]
    [TestCase("{ 'name': 1 }", "a single quote stands where JSON needs a double quote")]
    [TestCase("{ \"name\": NaN }", "JSON has no NaN and no infinity")]
    [TestCase("{ \"name\" \"n\" }", "Put a colon between a name and its value.")]
    [TestCase("{ \"name\": \"n\" \"modes\": {} }", "Put a comma between entries")]
    [TestCase("{ \"name\": \"a\nb\" }", "line breaks and tabs inside a text are written")]
    [TestCase("{ \"name\": \"\\ud800\", \"modes\": { \"m\": {} } }", "half of a surrogate pair")]
    [TestCase("{ // hi\n \"name\": \"n\", \"modes\": { \"m\": {} } }", "m.json:1:3: JSON has no comments")]
    [TestCase("{ \"modes\": { \"m\": {} } }", "m.json:1, name: the property 'name' is missing. Add \"name\": \"ball\".")]
    [TestCase("{ \"name\": \"n\" }", "modes: the property 'modes' is missing")]
    [TestCase("{ \"name\": \"n\", \"modes\": {} }", "modes: the model has no modes")]
    [TestCase("{ \"name\": \"\", \"modes\": { \"m\": {} } }", "name: the model has no name")]
    [TestCase("{ \"name\": \"n\", \"modes\": { \"\": {} } }", "the name is empty")]
    [TestCase("{ \"name\": 3, \"modes\": { \"m\": {} } }", "name: a text is expected, but this is the number 3")]
    [TestCase("{ \"name\": \"n\", \"modes\": { \"m\": 5 } }", "modes.m: an object is expected, but this is the number 5")]
    [TestCase("{ \"name\": \"n\", \"modes\": { \"m\": {}, \"m\": {} } }", "modes.m: 'm' appears twice in this object")]
    public void Text_is_refused_with_place_and_remedy(string text, string expected) => AssertRefused(text, expected);

    [TestCase("\"mode\": {}, ", "m.json:1, mode: unknown property 'mode'. Did you mean 'modes'?")]
    [TestCase("\"initialMode\": \"fal\", ", "initialMode: unknown mode 'fal'. Did you mean 'fall'? Known: fall.")]
    [TestCase("\"parameters\": 3, ", "parameters: 'parameters' appears twice")]
    [TestCase("\"discrete\": { \"n\": 1e999 }, ", "discrete.n: the number 1e999 is too large for double precision")]
    [TestCase("\"discrete\": { \"n\": \"v\" }, ", "discrete.n: an initial value may depend on parameters only, but uses the state 'v'")]
    [TestCase("\"discrete\": { \"n\": \"log(-g)\" }, ", "the initial value is NaN at the default parameters")]
    [TestCase("\"discrete\": { \"n\": { \"initial\": null } }, ", "discrete.n.initial: a number or a formula is expected, but this is null")]
    [TestCase("\"discrete\": { \"g\": 0 }, ", "discrete.g: 'g' is declared as a parameter and as a discrete variable")]
    [TestCase("\"discrete\": { \"sin\": 0 }, ", "discrete.sin: 'sin' already means a function")]
    [TestCase("\"discrete\": { \"t\": 0 }, ", "discrete.t: 't' already means time")]
    [TestCase("\"inputs\": { \"u\": { \"signal\": \"stp\", \"value\": 1 } }, ", "inputs.u.signal: unknown signal 'stp'. Did you mean 'step'?")]
    [TestCase("\"inputs\": { \"u\": { \"signal\": \"ramp\", \"start\": 2, \"end\": 1, \"from\": 0, \"to\": 1 } }, ", "inputs.u: the ramp ends at 1 s but starts at 2 s")]
    [TestCase("\"inputs\": { \"u\": { \"signal\": \"table\", \"times\": [1, 0], \"values\": [0, 0] } }, ", "inputs.u.times: time 1 is 0 after 1")]
    [TestCase("\"inputs\": { \"u\": { \"signal\": \"table\", \"times\": [], \"values\": [] } }, ", "inputs.u: the table has no points")]
    [TestCase("\"inputs\": { \"u\": { \"signal\": \"sine\", \"at\": 1 } }, ", "inputs.u.at: unknown property 'at'")]
    [TestCase("\"inputs\": { \"u\": \"sin(t)\" }, ", "inputs.u: an object is expected, but this is the text 'sin(t)'")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, 0], \"y\": [1, 2] } }, ", "tables.T: breakpoint 1 is 0 after 0. Sort the breakpoints")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, 1], \"y\": [1, 2], \"interpolation\": \"cubic\" } }, ", "tables.T.interpolation: unknown interpolation 'cubic'")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, 1], \"y\": [1, 2], \"z\": 3 } }, ", "tables.T.z: a list of rows is expected, but this is the number 3")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, 1], \"y\": [1, 2], \"z\": [[1, 2], [3]] } }, ", "tables.T.z[1]: 1 values for 2 breakpoints of y")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, 1], \"y\": [1, 2], \"z\": [[1, 2]] } }, ", "tables.T: 2 by 2 breakpoints but 2 values")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, 1], \"y\": [2, 1], \"z\": [[1, 2], [3, 4]] } }, ", "tables.T: breakpoint 1 of y is 1 after 2. Sort the breakpoints")]
    [TestCase("\"tables\": { \"T\": { \"x\": [0, \"a\"], \"y\": [1, 2] } }, ", "tables.T.x[1]: a number is expected, but this is the text 'a'")]
    [TestCase("\"outputs\": { \"a\": \"b\", \"b\": \"1\" }, ", "outputs.a: uses the output 'b', which is declared after it. Declare 'b' first")]
    [TestCase("\"outputs\": { \"a\": \"a + 1\" }, ", "outputs.a: the output 'a' uses itself")]
    [TestCase("\"outputs\": { \"a\": { \"expr\": \"h +\" } }, ", "outputs.a.expr: the text ends where a number or name is expected")]
    [TestCase("\"outputs\": { \"a\": \"h == 3\" }, ", "'==' cannot be used")]
    [TestCase("\"transitions\": {}, ", "transitions: a list is expected, but this is an object")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"too\": \"fall\" } ], ", "transitions[0].too: unknown property 'too'. Did you mean 'to'?")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fly\", \"guard\": \"h < 0\" } ], ", "transitions[0].to: unknown mode 'fly'")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"guard\": \"h\" } ], ", "transitions[0].guard: this is a number, but a condition is expected")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"guard\": \"crosses(h)\" } ], ", "transitions[0].guard: crosses(...) cannot stand here")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"rule\": \"edge\", \"guard\": \"!crosses(h)\" } ], ", "its opposite is nearly always true")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"after\": 1, \"command\": \"x\" } ], ", "a transition fires by one rule, but this one has 'after' and 'command'")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"after\": -1 } ], ", "transitions[0].after: the delay is -1 s")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"guard\": \"h<0\", \"direction\": \"down\" } ], ", "transitions[0].direction: 'direction' has no meaning here")]
    [TestCase("\"transitions\": [ { \"from\": \"fall\", \"to\": \"fall\", \"guard\": \"h<0\", \"reset\": { \"g\": 1 } } ], ", "transitions[0].reset.g: the reset writes 'g', which is a parameter. Only states and discrete variables can be written here.")]
    [TestCase("\"sampled\": { \"c\": { \"set\": {} } }, ", "sampled.c.period: the property 'period' is missing")]
    [TestCase("\"sampled\": { \"c\": { \"period\": 0, \"set\": { \"h\": 0 } } }, ", "sampled.c.set.h: the update writes 'h', which is a state")]
    [TestCase("\"sampled\": { \"c\": { \"period\": \"-g\" } }, ", "sampled.c.period: the value is -9.81 s at the default parameters")]
    [TestCase("\"sampled\": { \"c\": { \"period\": \"t\" } }, ", "a period may depend on parameters only, but uses time 't'")]
    [TestCase("\"experiment\": { \"until\": 0 }, ", "experiment.until: the end time is 0 s")]
    [TestCase("\"experiment\": { \"commands\": [ { \"at\": 1 } ] }, ", "experiment.commands[0]: a timed command needs 'command' or 'set'")]
    [TestCase("\"experiment\": { \"commands\": [ { \"at\": 1, \"set\": { \"gg\": 1 } } ] }, ", "experiment.commands[0].set.gg: unknown name 'gg'. Did you mean 'g'?")]
    [TestCase("\"experiment\": { \"plot\": [ \"hh\" ] }, ", "experiment.plot[0]: unknown name 'hh'. Did you mean 'h'?")]
    [TestCase("\"estimation\": { \"sensors\": { \"hh\": 1 } }, ", "estimation.sensors.hh: unknown name 'hh'. Did you mean 'h'?")]
    [TestCase("\"estimation\": { \"sensors\": { \"h\": -1 } }, ", "estimation.sensors.h.deviation: the value is -1 at the default parameters")]
    [TestCase("\"estimation\": { \"sensors\": { \"h\": \"v\" } }, ", "a standard deviation may depend on parameters only, but uses the state 'v'")]
    [TestCase("\"estimation\": { \"sensors\": { \"z\": { \"expr\": \"h + hh\", \"deviation\": 1 } } }, ", "estimation.sensors.z.expr: unknown name 'hh'")]
    [TestCase("\"estimation\": { \"correlations\": [ { \"between\": [\"h\", \"v\"], \"value\": 2 } ] }, ", "estimation.correlations[0]: no sensor 'h'")]
    [TestCase("\"estimation\": { \"correlations\": [ { \"between\": \"h\", \"value\": 0 } ] }, ", "estimation.correlations[0].between: the names of two sensors are expected")]
    [TestCase("\"estimation\": { \"processNoise\": { \"g\": 1 } }, ", "estimation.processNoise.g: the process noise writes 'g', which is a parameter")]
    [TestCase("\"estimation\": { \"initialDeviations\": { \"h\": -1 } }, ", "estimation.initialDeviations.h: the value is -1")]
    [TestCase("\"estimation\": { \"initialModes\": { \"fly\": 1 } }, ", "estimation.initialModes.fly: unknown mode 'fly'")]
    [TestCase("\"estimation\": { \"initialModes\": { \"fall\": 0 } }, ", "no mode has a positive probability")]
    [TestCase("\"estimation\": { \"guardWidths\": { \"bonce\": 1 } }, ", "estimation.guardWidths.bonce: unknown transition 'bonce'")]
    [TestCase("\"estimation\": { \"switching\": [ { \"from\": \"fall\", \"to\": \"fall\", \"rate\": 1 } ] }, ", "estimation.switching[0]: the mode changes to itself")]
    public void A_fault_is_named_with_its_path_and_remedy(string part, string expected) => AssertRefused(Head + part + Modes + " }", expected);

    [TestCase("\"i\": \"g*i = h = v\"", "modes.fall.equations.i: 'g*i = h = v' has more than one '='")]
    [TestCase("\"i\": \"g*j = h\"", "modes.fall.equations.i: unknown name 'j'")]
    [TestCase("\"i\": \"= h\"", "modes.fall.equations.i: the text is empty")]
    [TestCase("\"i\": [ 1 ]", "modes.fall.equations.i: a number or a formula is expected, but this is a list")]
    [TestCase("\"i\": 3", "modes.fall.equations.i: the equation '3 = 0' contains neither an algebraic variable nor a state")]
    [TestCase("\"h\": \"h = i\", \"i\": \"i = 1\"", "modes.fall.equations.h: an equation for 'h', which is a state")]
    [TestCase("\"k\": \"k = i\", \"i\": \"i = 1\"", "modes.fall.equations.k: unknown name 'k'")]
    [TestCase("", "modes.fall.equations.i: the algebraic variable 'i' has no equation in mode 'fall'")]
    public void A_faulty_equation_is_named(string equations, string expected) => AssertRefused(
        Head + $"\"algebraic\": {{ \"i\": 0 }}, \"modes\": {{ \"fall\": {{ \"flow\": {{ \"h\": \"i\" }}, \"equations\": {{ {equations} }} }} }} }}", expected);

    [TestCase("\"h\": 3", "modes.fall.mass.h: an object is expected, but this is the number 3")]
    [TestCase("\"h\": { \"k\": 1 }", "modes.fall.mass.h.k: unknown state 'k'")]
    [TestCase("\"h\": { \"h\": \"v\" }", "modes.fall.mass.h.h: a mass depends on parameters and discrete variables only, but uses 'v'")]
    [TestCase("\"h\": { \"h\": 0 }", "modes.fall.mass.h: the row of 'h' in the mass matrix is zero")]
    [TestCase("\"h\": { \"v\": 2 }", "modes.fall.mass.v: the mass matrix is singular: the rows of 'h', 'v' hold the derivatives of 'v' only")]
    public void A_faulty_mass_matrix_is_named(string mass, string expected) => AssertRefused(
        Head + $"\"modes\": {{ \"fall\": {{ \"mass\": {{ {mass} }} }} }} }}", expected);

    [TestCase("\"i\": { \"initial\": 0 }", "algebraic.i.initial: unknown property 'initial'")]
    [TestCase("\"i\": \"1/0\"", "algebraic.i: the initial value is")]
    [TestCase("\"h\": 0", "algebraic.h: 'h' is declared as a state and as an algebraic variable")]
    public void A_faulty_algebraic_variable_is_named(string variable, string expected) => AssertRefused(
        Head + $"\"algebraic\": {{ {variable} }}, " + Modes + " }", expected);

    [Test]
    public void An_unknown_name_reads_as_in_the_style_guide()
    {
        const string text = """
            { "name": "bouncing-ball",
              "parameters": { "gravity": 9.81, "e": 0.8 }, "states": { "y": 1, "v": 0 },
              "modes": { "fall": { "flow": { "y": "v", "v": "-gravty" } } } }
            """;
        var fault = Assert.Throws<ModelException>(() => ModelFile.Parse(text, "bouncing-ball.json"))!;
        Assert.That(fault.Message, Is.EqualTo(
            "bouncing-ball.json:3, modes.fall.flow.v: unknown name 'gravty'. Did you mean 'gravity'? Known: e, gravity, v, y."));
    }

    [Test]
    public void All_faults_are_reported_together_in_the_order_of_the_text()
    {
        const string text = """
            { "name": "n",
              "parameters": { "g": "NaN" },
              "states": { "h": 1, "h": 2, "x": "sqrt(" },
              "colour": 1,
              "modes": { "m": { "flow": { "h": "-k*h", "y": 1 }, "invariant": ["h > 0", 3] } },
              "transitions": [ { "from": "m", "to": "q", "guard": "h >" }, 7 ] }
            """;
        var fault = Assert.Throws<ModelException>(() => ModelFile.Parse(text, "m.json"))!;
        string[] places = [.. fault.Findings.Select(finding => finding.Where)];
        Assert.That(places, Is.EqualTo(
        [
            "m.json:2, parameters.g", "m.json:3, states.h", "m.json:3, states.x", "m.json:4, colour", "m.json:5, modes.m.flow.h",
            "m.json:5, modes.m.flow.y", "m.json:5, modes.m.invariant[1]", "m.json:6, transitions[0].to",
            "m.json:6, transitions[0].guard", "m.json:6, transitions[1]",
        ]), fault.Message);
    }

    [Test]
    public void Deep_nesting_is_refused()
    {
        AssertRefused(new string('[', 100_000), "nested deeper than 64 levels");
        AssertRefused(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), "nested deeper than 64 levels");
        AssertRefused($"{{ \"name\": \"n\", \"modes\": {{ \"m\": {{ \"invariant\": \"{new string('(', 100_000)}\" }} }} }}", "nested deeper");
    }

    [Test]
    public void Wrong_encodings_are_refused()
    {
        byte[] latin = [.. "{ \"name\": \"caf"u8, 0xE9, .. "\" }"u8];
        Assert.That(() => ModelFile.Parse(latin, "m.json"), Refused("m.json:1:15: the byte 0xE9 is not UTF-8 here"));
        byte[] wide = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}")];
        Assert.That(() => ModelFile.Parse(wide, "m.json"), Refused("the file is UTF-16. Save it as UTF-8."));
        byte[] marked = [.. Encoding.UTF8.Preamble, .. "{ \"name\": \"n\", \"modes\": { \"m\": {} } }"u8];
        Assert.That(ModelFile.Parse(marked).Name, Is.EqualTo("n"));
    }

    [Test]
    public void Paths_that_are_no_files_are_refused()
    {
        string folder = TestContext.CurrentContext.WorkDirectory;
        Assert.That(() => ModelFile.Load(Path.Combine(folder, "absent.json")), Refused("there is no such file"));
        Assert.That(() => ModelFile.Load(Path.Combine(folder, "no", "absent.json")), Refused("there is no such file"));
        Assert.That(() => ModelFile.Load(folder), Refused("this is a directory, not a file"));
        Assert.That(() => ModelFile.Load(""), Refused("the file cannot be read"));
        Assert.That(() => ModelFile.Load("a\0b"), Refused("the file cannot be read"));
    }

    [Test]
    public void Mutated_files_are_read_or_refused_but_never_crash()
    {
        byte[][] valid = [File.ReadAllBytes(Repository.At("models", "bouncing-ball.json")), Encoding.UTF8.GetBytes(ModelFile.Write(EveryFeature.Automaton))];
        byte[] spice = "{}[]\",:0123456789eE+-.\\/\n tfn\0\u00ff()*'"u8.ToArray();
        var random = new Random(2000);
        int refused = 0;
        for (int k = 0; k < 4000; k++)
        {
            List<byte> text = [.. valid[k % 2]];
            for (int change = random.Next(1, 4); change > 0 && text.Count > 0; change--)
            {
                int at = random.Next(text.Count);
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

            byte[] bytes = [.. text];
            try
            {
                ModelFile.Parse(bytes, "m.json");
            }
            catch (ModelException fault)
            {
                refused++;
                Assert.That(fault.Findings, Is.Not.Empty);
                Assert.That(fault.Findings, Has.All.Matches<Finding>(finding => finding is { What.Length: > 0 } && finding.Where.StartsWith("m.json", StringComparison.Ordinal)));
            }
            catch (Exception fault)
            {
                Assert.Fail($"mutation {k}: {fault}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }

        Assert.That(refused, Is.GreaterThan(2000), "most mutations break a model");
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string expected) =>
        Throws.TypeOf<ModelException>().With.Message.Contains(expected);

    private static void AssertRefused(string text, string expected) => Assert.That(() => ModelFile.Parse(text, "m.json"), Refused(expected));
}
