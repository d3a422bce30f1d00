using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Tests.Serialization;

public sealed class MeasurementTableTests
{
    private static readonly string[] Sensors = ["x", "y"];
    private static readonly string[] Inputs = ["u"];

    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void Columns_are_read_by_name_and_empty_ones_are_missing()
    {
        MeasurementTable table = MeasurementTable.LoadCsv(Write("u,time,x\n3,0,1\n,0,nan\n"), Sensors, Inputs);
        (double[] z, double[] u) = (new double[2], new double[1]);
        table.Read(0, z, u);
        Assert.That((table.Run, z, u), Is.EqualTo(("", new[] { 1.0, double.NaN }, new[] { 3.0 })));
        table.Read(1, z, u);
        Assert.That((z, u), Is.EqualTo((new[] { double.NaN, double.NaN }, new[] { double.NaN })));
        Assert.That(table.Times, Is.EqualTo(new[] { 0.0, 0.0 }));
    }

    [Test]
    public void Runs_follow_each_other()
    {
        ImmutableArray<MeasurementTable> runs = MeasurementTable.LoadRuns(Write("run,t,x,y,u\na,-1,1,,0\na,0,2,,0\nb,-5,,3,1\n"), Sensors, Inputs);
        Assert.That(runs.Select(run => (run.Run, run.Times.Length)), Is.EqualTo(new[] { ("a", 2), ("b", 1) }));
        (double[] z, double[] u) = (new double[2], new double[1]);
        runs[1].Read(0, z, u);
        Assert.That((z, u), Is.EqualTo((new[] { double.NaN, 3.0 }, new[] { 1.0 })));
    }

    [Test]
    public void Table_to_learn_from_has_every_column_and_every_input()
    {
        string[] faults = FaultsOf(() => MeasurementTable.LoadRuns(Write("t,x,u\n1,2,\n1,2,old\n"), Sensors, Inputs));
        Assert.That(faults, Is.EqualTo(new[]
        {
            "1, column 1: there is no column 'y'",
            "2, column 3: the value of the input is missing or not finite",
            "3, column 1: the time 1 s comes after 1 s",
            "3, column 3: 'old' is not a number",
        }));
    }

    [Test]
    public void Table_to_estimate_from_has_a_sensor_and_counts_time_from_zero()
    {
        string[] faults = FaultsOf(() => MeasurementTable.LoadCsv(Write("t,u,run\n-1,0,a\n"), Sensors, Inputs));
        Assert.That(faults, Is.EqualTo(new[]
        {
            "1, column 3: 'run' is neither a sensor nor an input of the model",
            "1, column 1: there is no column of a sensor",
            "2, column 1: the time -1 s is before the start",
        }));
    }

    private string[] FaultsOf(Action load)
    {
        ModelException fault = Assert.Throws<ModelException>(() => load())!;
        return [.. fault.Findings.Select(finding => $"{finding.Where[(_path.Length + 1)..]}: {finding.What}")];
    }

    private string Write(string text)
    {
        File.WriteAllText(_path, text);
        return _path;
    }
}
