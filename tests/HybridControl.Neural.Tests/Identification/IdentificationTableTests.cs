using HybridControl.Diagnostics;
using HybridControl.Neural.Identification;

namespace HybridControl.Neural.Tests.Identification;

public sealed class IdentificationTableTests
{
    private string _path = "";

    [SetUp]
    public void Name() => _path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.csv");

    [TearDown]
    public void Remove() => File.Delete(_path);

    [Test]
    public void Table_gives_runs_names_and_period()
    {
        IdentificationData data = Read("run,t,u1,u2,y,spare\na,0,1,2,3,x\na,0.5,2,3,nan,x\nb,7,1,1,,x\nb,7.5,2,2,4,x\n");
        Assert.Multiple(() =>
        {
            Assert.That(data.InputNames, Is.EqualTo(new[] { "u1", "u2" }));
            Assert.That(data.OutputNames, Is.EqualTo(new[] { "y" }));
            Assert.That(data.SamplePeriod, Is.EqualTo(0.5));
            Assert.That(data.Runs.Select(run => run.Name.Split(", ")[1]), Is.EqualTo(new[] { "run a", "run b" }));
            Assert.That(data.Runs[0].Inputs, Is.EqualTo(new[] { 1.0, 2.0, 2.0, 3.0 }));
            Assert.That(data.Runs[0].Outputs, Is.EqualTo(new[] { 3.0, double.NaN }));
            Assert.That(data.Runs[1].Outputs, Is.EqualTo(new[] { double.NaN, 4.0 }));
        });
    }

    [Test]
    public void Columns_and_period_can_be_named()
    {
        File.WriteAllText(_path, "valve,flow\n1,2\n2,3\n");
        IdentificationData data = IdentificationData.LoadCsv(_path, ["valve"], ["flow"], 0.25);
        Assert.That((data.InputNames[0], data.OutputNames[0], data.SamplePeriod, data.Runs.Count), Is.EqualTo(("valve", "flow", 0.25, 1)));
    }

    [Test]
    public void Every_fault_is_said_with_line_and_column()
    {
        var fault = Assert.Throws<ModelException>(() => Read("t,u,y,y\n0,1,2,0\n0.1,one,2,0\n0.2,,2,0\n0.4,1,Infinity,0\n0.3,1,2,0\n0.4,1,2\n"));
        string text = fault.Message;
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain(":1, column 4: there are two columns 'y'"));
            Assert.That(text, Does.Contain(":3, column 2: 'one' is not a number"));
            Assert.That(text, Does.Contain(":4, column 2: '' is not a number"));
            Assert.That(text, Does.Contain(":5, column 1: the step is"));
            Assert.That(text, Does.Contain(":5, column 3: the number is infinite"));
            Assert.That(text, Does.Contain(":6, column 1: the time 0.3 s comes after 0.4 s"));
            Assert.That(text, Does.Contain(":7, column 4: the row has 3 fields"));
        });
    }

    [TestCase("", "the file is empty")]
    [TestCase("t,u,y\n", "no rows")]
    [TestCase("t,v,w\n0,1,2\n", "no column 'u' for an input")]
    [TestCase("t,v,w\n0,1,2\n", "no column 'y' for an output")]
    [TestCase("t,u,y\n0,1,2\n,1,2\n", "'' is not a number")]
    [TestCase("run,u,y\na,1,2\nb,1,2\na,1,2\n", "run 'a' goes on after another")]
    [TestCase("u,y\n1,\"2\n", "the quoted field has no end")]
    public void Table_that_does_not_fit_is_refused(string table, string message) =>
        Assert.That(() => Read(table), Throws.TypeOf<ModelException>().With.Message.Contains(message));

    [Test]
    public void Column_that_is_both_or_a_period_against_the_times_is_refused()
    {
        File.WriteAllText(_path, "t,a\n0,1\n1,2\n");
        var fault = Assert.Throws<ModelException>(() => IdentificationData.LoadCsv(_path, ["a"], ["a"], 0.5));
        Assert.That(fault.Message, Does.Contain("is an input and an output").And.Contain("0.5 s was asked for"));
    }

    private IdentificationData Read(string table)
    {
        File.WriteAllText(_path, table);
        return IdentificationData.LoadCsv(_path);
    }
}
