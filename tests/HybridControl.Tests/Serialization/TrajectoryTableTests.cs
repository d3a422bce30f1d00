using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Serialization;

public sealed class TrajectoryTableTests
{
    private string _path = "";

    [SetUp]
    public void ChooseFile() => _path = Path.Combine(TestContext.CurrentContext.WorkDirectory, Path.GetRandomFileName());

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void Both_sides_of_a_jump_are_rows()
    {
        var table = TrajectoryTable.From(Sawtooth());
        Assert.That(table.Variables, Is.EqualTo(["x", "n", "double x"]));
        Assert.That(table.Times.ToArray(), Is.EqualTo([0, 0.5, 1, 1, 1, 1.5]));
        Assert.That(table.JumpIndices.ToArray(), Is.EqualTo([0, 0, 0, 1, 2, 2]));
        Assert.That(table.Modes.ToArray(), Is.EqualTo(["up, \"quoted\"", "up, \"quoted\"", "up, \"quoted\"", "down", "up, \"quoted\"", "up, \"quoted\""]));
        Assert.That(table.Column("x"), Is.EqualTo([0, 0.5, 1, 7, 0, 0.5]));
        Assert.That(table.Column("double x"), Is.EqualTo([0.0, 1, 2, 14, 0, 1]));
        Assert.That(table.Row(3).ToArray(), Is.EqualTo([7.0, 1.0, 14.0]));
    }

    [Test]
    public void A_grid_is_read_between_discontinuities()
    {
        var table = TrajectoryTable.From(Sawtooth(), ["x"], [0.0, 0.25, 0.75, 1.0, 1.25, 9.0]);
        Assert.That(table.Times.ToArray(), Is.EqualTo([0, 0.25, 0.75, 1, 1, 1, 1.25, 1.5]));
        Assert.That(table.Column("x"), Is.EqualTo([0, 0.25, 0.75, 1, 7, 0, 0.25, 0.5]));
    }

    [Test]
    public void Files_read_back_to_the_same_numbers()
    {
        double[] odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -0.0, 0.1 + 0.2, double.MaxValue];
        var builder = new TrajectoryTableBuilder(["x", "a,b", "line\nbreak"]);
        for (int i = 0; i < odd.Length; i++)
        {
            builder.Add(i / 3.0, i, i % 2 == 0 ? "" : "say \"hi\", \r\nthen go", [odd[i], -odd[i], i]);
        }

        TrajectoryTable table = builder.ToTable();
        table.SaveCsv(_path);
        Assert.That(TrajectoryTable.LoadCsv(_path).Equals(table), Is.True);
        table.SaveJson(_path);
        Assert.That(TrajectoryTable.LoadJson(_path).Equals(table), Is.True);
    }

    [Test]
    public void An_empty_table_and_a_table_without_variables_survive()
    {
        foreach (TrajectoryTable table in new[] { new TrajectoryTableBuilder(["x"]).ToTable(), TrajectoryTable.From(Sawtooth(), []) })
        {
            table.SaveCsv(_path);
            Assert.That(TrajectoryTable.LoadCsv(_path).Equals(table), Is.True);
            table.SaveJson(_path);
            Assert.That(TrajectoryTable.LoadJson(_path).Equals(table), Is.True);
        }
    }

    [Test]
    public void Events_survive_the_file()
    {
        var events = EventTable.From(Sawtooth());
        events.SaveCsv(_path);
        Assert.That(File.ReadAllLines(_path)[0], Is.EqualTo("t,j,from,to,transition"));
        Assert.That(EventTable.LoadCsv(_path), Is.EqualTo(events));
        Assert.That(events.Rows[1], Is.EqualTo(new EventRow(1.0, 2, "down", "up, \"quoted\"", "go, back")));
    }

    [TestCase("", "the file is empty")]
    [TestCase("time,j,mode\n", ":1, column 1: the header is 'time'. It must be 't'")]
    [TestCase("t,j\n", ":1, column 3: the header is missing. It must be 'mode'")]
    [TestCase("t,j,mode,x\n0,0,m,1\n1,0,m\n", ":3, column 4: the row has 3 fields, the header has 4")]
    [TestCase("t,j,mode,x\n0,0,m,1\n1,0,m,1,2\n", ":3, column 5: the row has 5 fields")]
    [TestCase("t,j,mode,x\n0,0,m,one\n", ":2, column 4: 'one' is not a number")]
    [TestCase("t,j,mode,x\n0,0,m,\n", ":2, column 4: '' is not a number")]
    [TestCase("t,j,mode,x\n0,0,m,1e999\n", ":2, column 4: '1e999' is not a number")]
    [TestCase("t,j,mode,x\n0,-1,m,1\n", ":2, column 2: '-1' is not a jump index")]
    [TestCase("t,j,mode,x\n0,0.5,m,1\n", ":2, column 2: '0.5' is not a jump index")]
    [TestCase("t,j,mode,x\n1,0,m,1\n0,0,m,1\n", ":3, column 1: (t, j) = (0, 0) comes after (1, 0)")]
    [TestCase("t,j,mode,x\n1,0,\"m,1\n", ":2, column 3: the quoted field has no end")]
    [TestCase("t,j,mode,x\n1,0,\"m\"m,1\n", ":2, column 3: text follows a quoted field")]
    [TestCase("t,j,mode,x\n1,0,m\"m,1\n", ":2, column 3: a quote stands inside a field")]
    [TestCase("t,j,mode,x\n0,0,\"two\nlines\",1\n1,0,m,z\n", ":4, column 4: 'z' is not a number")]
    public void Bad_csv_is_refused_with_line_and_column(string text, string expected)
    {
        File.WriteAllText(_path, text);
        Assert.That(() => TrajectoryTable.LoadCsv(_path), Throws.TypeOf<ModelException>().With.Message.Contains(expected));
    }

    [TestCase("[]", "an object is expected")]
    [TestCase("{}", "the property 'columns' is missing")]
    [TestCase("{ \"columns\": [\"t\", \"j\"], \"rows\": [] }", "the first columns are not t, j and mode")]
    [TestCase("{ \"columns\": [\"t\", \"j\", \"mode\"],\n \"rows\": [[0, 0, \"m\"], [0, 0]] }", ":2, rows[1]: the row has 2 fields")]
    [TestCase("{ \"columns\": [\"t\", \"j\", \"mode\"], \"rows\": [[0, 0.5, \"m\"]] }", "rows[0][1]: the number 0.5 is not a jump index")]
    [TestCase("{ \"columns\": [\"t\", \"j\", \"mode\"], \"rows\": [[\"x\", 0, \"m\"]] }", "rows[0][0]: a number is expected")]
    [TestCase("{ \"columns\": [\"t\", \"j\", \"mode\"], \"rows\": [[0, 0, 1]] }", "rows[0][2]: the name of a mode is expected")]
    public void Bad_json_is_refused_with_line_and_path(string text, string expected)
    {
        File.WriteAllText(_path, text);
        Assert.That(() => TrajectoryTable.LoadJson(_path), Throws.TypeOf<ModelException>().With.Message.Contains(expected));
    }

    [Test]
    public void Events_survive_the_file_with_their_derivatives()
    {
        var events = EventTable.From(Models.ModelLibrary.Load("thermostat").Simulate(9.0, options: new() { Sensitivities = ["low", "k"] }));
        events.SaveCsv(_path);
        Assert.That(File.ReadLines(_path).First(), Is.EqualTo("t,j,from,to,transition,dt/d(low),dt/d(k)"));
        Assert.That(EventTable.LoadCsv(_path), Is.EqualTo(events));
        Assert.That(events.Rows[2].TimeSensitivities, Has.Length.EqualTo(2));
        File.WriteAllText(_path, "t,j,from,to,transition,more\n");
        Assert.That(() => EventTable.LoadCsv(_path), Throws.TypeOf<Diagnostics.ModelException>().With.Message.Contains("the column 'more'"));
    }

    [Test]
    public void Windows_line_ends_and_byte_order_marks_are_read()
    {
        File.WriteAllText(_path, "\ufefft,j,mode,x\r\n0,0,m,1\r\n\r\n");
        Assert.That(TrajectoryTable.LoadCsv(_path).Column("x"), Is.EqualTo([1.0]));
    }

    [Test]
    public void Unknown_names_and_unsorted_grids_are_refused()
    {
        Assert.That(() => TrajectoryTable.From(Sawtooth(), ["y"]), Throws.TypeOf<ModelException>());
        Assert.That(() => TrajectoryTable.From(Sawtooth(), null, [1.0, 1.0]), Throws.TypeOf<ModelException>());
        Assert.That(() => TrajectoryTable.From(Sawtooth()).Column("y"), Throws.TypeOf<ModelException>());
    }

    // x' = 1 from 0 to 1, then two jumps at t = 1, then x' = 1 again; one step to 0.5 and one to 1.
    private static Trajectory Sawtooth()
    {
        var model = HybridAutomaton.Build("sawtooth", h =>
        {
            var x = h.State("x");
            var n = h.Discrete("n");
            h.Parameter("p", 1.0);
            h.Output("double x", 2.0 * x);
            var up = h.Mode("up, \"quoted\"").Flow(x, 1.0);
            var down = h.Mode("down");
            h.Transition(up, down, "over").Guard(x >= 1.0).Reset(x, 7.0).Reset(n, n + 1.0);
            h.Transition(down, up, "go, back").Reset(x, 0.0);
        });
        CompiledAutomaton compiled = model.Compiled;
        var record = new TrajectoryRecorder(1, compiled.Slots.DataCount, 1);
        double[] data = new double[compiled.Slots.DataCount];
        int count = compiled.Slots[VariableKind.Discrete, "n"];
        record.BeginPiece(0.0, 0, 0, [0.0], data);
        record.AddStep(0.0, 0.5, [0.0, 0.5]);
        record.AddStep(0.5, 0.5, [0.5, 0.5]);
        record.EndPiece(1.0, [1.0]);
        data[count] = 1.0;
        record.BeginPiece(1.0, 1, 1, [7.0], data);
        record.EndPiece(1.0, [7.0]);
        record.BeginPiece(1.0, 2, 0, [0.0], data);
        record.AddStep(1.0, 0.5, [0.0, 0.5]);
        record.EndPiece(1.5, [0.5]);
        record.Jumps.Add(new Jump(1, 1.0, "up, \"quoted\"", "down", "over", 0.0, 0.0, [1.0], [7.0], [0.0], [1.0]));
        record.Jumps.Add(new Jump(2, 1.0, "down", "up, \"quoted\"", "go, back", 0.0, 0.0, [7.0], [0.0], [1.0], [1.0]));
        return new Trajectory(compiled, record, RunStatus.Completed, "", new RunStatistics { Steps = 3, Jumps = 2 });
    }
}
