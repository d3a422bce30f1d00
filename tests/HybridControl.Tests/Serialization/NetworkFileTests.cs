using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Symbolics;
using HybridControl.Tests.Simulation.Networks;

namespace HybridControl.Tests.Serialization;

/// <summary>Network files: what they hold, what they name, and what is wrong with them, all at once and with its line.</summary>
public class NetworkFileTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("networks").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("two-tanks")]
    [TestCase("multi-room-heating")]
    [TestCase("platoon")]
    public void A_network_is_written_and_read_back_equal(string name)
    {
        AutomatonNetwork network = NetworkFile.Load(Repository.At("models", $"{name}.json"));
        string text = NetworkFile.Write(network);
        Assert.That(NetworkFile.Parse(text), Is.EqualTo(network));
        Assert.That(NetworkFile.Write(NetworkFile.Parse(text)), Is.EqualTo(text));
        Assert.That(ModelFile.Parse(text), Is.EqualTo(network.Compose()));
    }

    [Test]
    public void A_composed_automaton_is_written_with_its_regions_and_read_back_equal()
    {
        HybridAutomaton composed = NetworkModels.TwoRooms().Compose();
        composed = composed with { Transitions = composed.Transitions.SetItem(0, composed.Transitions[0] with { Label = "alone" }) };
        string text = ModelFile.Write(composed);
        Assert.That(text, Does.Contain("\"region\": \"left\"").And.Contain("\"label\": \"alone\""));
        Assert.That(ModelFile.Parse(text), Is.EqualTo(composed));
    }

    [Test]
    public void Everything_that_a_network_can_hold_comes_back()
    {
        HybridAutomaton meeting = HybridAutomaton.Build("meeting", h =>
        {
            Expr x = h.State("x");
            ModeBuilder one = h.Mode("one").Flow(x, 1.0);
            h.Transition(one, one, "meet").Label("meet").Guard(x >= 1.0).External();
        });
        AutomatonNetwork network = AutomatonNetwork.Build("all", n =>
        {
            n.Describe("All of it.", "None.");
            ComponentBuilder a = n.Component("a", meeting, ("x", 0.5)).Relabel("meet", "shake");
            ComponentBuilder b = n.Component("b", meeting with { Description = "other" }).Relabel("meet", "shake");
            ComponentBuilder room = n.Component("room", NetworkModels.Room);
            n.Share("x", a["x"], room["T"]);
            n.Wire(room["neighbour"], b["x"] / 3.0);
            n.Output("sum", a["x"] + b["x"], "m");
            n.Suggest(new Experiment { Until = 5.0, Commands = [TimedCommand.Assign(1.0, "b.x", 0.25)], Plot = ["sum"] });
        });
        network = network with { Shared = [] };
        Assert.That(NetworkFile.Parse(NetworkFile.Write(network)), Is.EqualTo(network));
    }

    [Test]
    public void Models_are_sought_in_the_folder_of_the_network_and_below()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "parts"));
        ModelFile.Save(NetworkModels.Room, Path.Combine(_folder, "parts", "room.json"));
        Put("pair.json", """{ "name": "pair", "components": { "a": { "model": "parts/room.json" }, "b": { "model": "parts/room.json", "values": { "T": 18.5 } } } }""");
        string path = Put("house.json", """{ "name": "house", "components": { "up": { "model": "pair.json" }, "down": { "model": "pair.json" } }, "wires": { "up.a.neighbour": "0.1*down.b.T" } }""");
        HybridAutomaton house = ModelFile.Load(path);
        Assert.That(house.Regions, Is.EqualTo(new[] { "up.a", "up.b", "down.a", "down.b" }));
        Assert.That(house.States.Select(state => state.Initial.Value), Is.EqualTo(new[] { 20.0, 18.5, 20.0, 18.5 }));
    }

    [Test]
    public void Faults_come_all_at_once_with_file_line_and_path()
    {
        Put("broken.json", "{\n  \"name\": \"broken\",\n  \"modes\": { \"m\": { \"flow\": { \"x\": \"yy\" } } }\n}");
        string[] findings = FindingsOf("""
            {
              "name": "faulty",
              "components": {
                "a": { "model": "broken.json" },
                "b": { "model": "nowhere.json" },
                "c": { "model": "../outside.json" },
                "d": { "model": "/etc/passwd" },
                "e": { "model": "network.json" },
                "f": { "model": 3 },
                "g": { "modle": "x.json" }
              },
              "wirse": {}
            }
            """);
        foreach (string expected in new[]
        {
            "broken.json:3, modes.m.flow.x: unknown name 'yy'",
            "nowhere.json: there is no such file",
            "network.json:6, components.c.model: '../outside.json' leads out of the folder of the network",
            "network.json:7, components.d.model: '/etc/passwd' is no path from the folder of this file",
            "network.json:8, components.e.model: 'network.json' contains itself: network.json -> network.json",
            "network.json:9, components.f.model: a file or a model is expected, but this is the number 3",
            "network.json:10, components.g.modle: unknown property 'modle'",
            "network.json:10, components.g.model: the property 'model' is missing",
            "network.json:12, wirse: unknown property 'wirse'",
        })
        {
            Assert.That(findings, Has.Some.Contains(expected));
        }
    }

    [Test]
    public void Faults_of_the_composition_stand_at_the_component_or_wire_they_come_from()
    {
        ModelFile.Save(NetworkModels.Room, Path.Combine(_folder, "room.json"));
        string[] findings = FindingsOf("""
            {
              "name": "faulty",
              "components": {
                "a": { "model": "room.json", "values": { "Z": 1 } },
                "b": { "model": "room.json" }
              },
              "wires": {
                "a.neighbour": "b.warmht",
                "b.neighbour": "a.T",
                "b.power": "a.T"
              },
              "shared": { "T": ["a.T", "b.T"] }
            }
            """);
        Assert.That(findings, Has.Some.Contains("network.json:4, components.a.values.Z: the model 'room' has no variable 'Z'"));
        Assert.That(findings, Has.Some.Contains("network.json:8, wires.a.neighbour: unknown name 'b.warmht'. Did you mean 'b.warmth'?"));
        Assert.That(findings, Has.Some.Contains("network.json:10, wires.b.power: 'b.power' is no input"));
        Assert.That(findings, Has.Some.Contains("network.json:5, components.b.modes.on.flow.T: the flow writes 'T', which belongs to another component"));
    }

    [Test]
    public void A_text_names_no_files()
    {
        ModelException refusal = Assert.Throws<ModelException>(() => ModelFile.Parse("""{ "name": "n", "components": { "a": { "model": "room.json" } } }"""))!;
        Assert.That(refusal.Message, Does.Contain("has no folder of its own"));
    }

    [Test]
    public void Networks_that_contain_each_other_without_end_are_refused()
    {
        Put("one.json", """{ "name": "one", "components": { "a": { "model": "two.json" } } }""");
        Put("two.json", """{ "name": "two", "components": { "a": { "model": "one.json" } } }""");
        Assert.That(() => ModelFile.Load(Path.Combine(_folder, "one.json")),
            Throws.TypeOf<ModelException>().With.Message.Contains("contains itself: one.json -> two.json -> one.json"));
        for (int i = 0; i < 20; i++)
        {
            Put($"deep{i}.json", $$"""{ "name": "deep", "components": { "a": { "model": "deep{{i + 1}}.json" } } }""");
        }

        Assert.That(() => ModelFile.Load(Path.Combine(_folder, "deep0.json")),
            Throws.TypeOf<ModelException>().With.Message.Contains("nested more than 16 deep"));
    }

    private string Put(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string[] FindingsOf(string text) => [.. ModelFile.Check(Put("network.json", text)).Select(finding => finding.ToString())];
}
