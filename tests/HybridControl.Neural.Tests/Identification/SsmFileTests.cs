using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Identification;

public sealed class SsmFileTests
{
    private string _path = "";

    [SetUp]
    public void Name() => _path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.safetensors");

    [TearDown]
    public void Remove() => File.Delete(_path);

    [TestCase(false)]
    [TestCase(true)]
    public void System_survives_a_file(bool twoOutputs)
    {
        SsmModel model = Identified(twoOutputs);
        SsmFile.Save(_path, model);
        SsmModel read = SsmFile.Load(_path);
        IdentificationData fresh = (Truth with { MeasuresSpeed = twoOutputs }).Simulate(100, 9);
        Assert.Multiple(() =>
        {
            Assert.That(read.Order, Is.EqualTo(model.Order));
            Assert.That(read.Poles.Select(Complex.Abs), Is.EqualTo(model.Poles.Select(Complex.Abs)).Within(1e-12));
            Assert.That(read.Score(fresh).Scores, Is.EqualTo(model.Score(fresh).Scores).Within(1e-9));
            Assert.That(read.InputNames.Concat(read.OutputNames), Is.EqualTo(model.InputNames.Concat(model.OutputNames)));
            Assert.That(read.SamplePeriod, Is.EqualTo(model.SamplePeriod));
        });
    }

    [Test]
    public void Tensors_are_those_of_an_S5_layer_of_the_same_recurrence()
    {
        SsmModel model = Identified(twoOutputs: false);
        SsmFile.Save(_path, model);
        var layer = S5Parameters.Read(SafetensorsFile.Load(_path), _path);
        double[] u = [.. Enumerable.Range(0, 40).Select(k => Math.Sin(0.3 * k * k))];
        double[] expected = (layer with { ClipEigenvalues = true }).ToModal(model.SamplePeriod).Discretize(model.SamplePeriod).Run(u);
        SsmFilter filter = model.Start();
        double[] y = new double[1];
        for (int k = 0; k < u.Length; k++)
        {
            filter.Predict([model.InputCenter[0] + u[k]], y);
            Assert.That(y[0] - model.OutputCenter[0], Is.EqualTo(expected[k]).Within(1e-9));
        }
    }

    [Test]
    public void File_that_is_none_or_does_not_fit_is_refused_with_every_finding()
    {
        new SafetensorsWriter().Add("B", [1], [1.0]).Save(_path);
        Assert.That(() => SsmFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("no 'ssm'"));
        new SafetensorsWriter().Note("ssm", "{").Save(_path);
        Assert.That(() => SsmFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("not sound JSON"));
        SsmFile.Save(_path, Identified(twoOutputs: false));
        string text = SafetensorsFile.Load(_path).Metadata["ssm"];
        new SafetensorsWriter().Note("ssm", text.Replace("\"version\":1", "\"version\":7", StringComparison.Ordinal)).Save(_path);
        Assert.That(() => SsmFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("version"));
        new SafetensorsWriter().Note("ssm", text).Add("Lambda_re", [2], [-0.5, -0.5]).Add("Lambda_im", [1], [1.0]).Add("other", [1], [1.0]).Save(_path);
        var fault = Assert.Throws<ModelException>(() => SsmFile.Load(_path));
        Assert.That(fault.Findings.Select(finding => finding.Where.Split(", ")[1]), Is.SupersetOf(new[] { "Lambda_im", "B", "C", "D", "log_step", "other" }));
    }

    private static KnownOscillator Truth => new(2.0, 0.1) { Noise = 0.1 };

    private static SsmModel Identified(bool twoOutputs) => new SsmIdentification { Order = 3, Trainer = new Trainer { Iterations = 15 } }
        .Fit((Truth with { MeasuresSpeed = twoOutputs }).Simulate(300, 5)).Model;
}
