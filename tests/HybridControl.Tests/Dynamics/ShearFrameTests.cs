using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Dynamics;

public class ShearFrameTests
{
    [TestCase("kx", "freq_x")]
    [TestCase("ky", "freq_y")]
    public void The_benchmark_structure_has_its_published_frequencies(string stiffness, string frequencies)
    {
        JsonElement data = ReferenceData.File("shm").GetProperty("iasc_asce_12dof");
        var frame = new ShearFrame(data.Vector("masses"), [.. Enumerable.Repeat(data.Number(stiffness), 4)]);
        double[] expected = data.Vector(frequencies);
        Assert.That(frame.NaturalFrequencies(), Is.EqualTo(expected).Within(1e-8 * expected[^1]));
    }

    [Test]
    public void Damage_lowers_the_frequencies_as_the_reference_says()
    {
        JsonElement data = ReferenceData.File("shm").GetProperty("frame");
        var frame = new ShearFrame(data.Vector("m"), data.Vector("k"), data.Number("modal_damping"));
        JsonElement damage = data.GetProperty("damage");
        ShearFrame damaged = frame.WithDamage((int)damage.Number("story_index0"), damage.Number("stiffness_loss"));
        Assert.That(frame.NaturalFrequencies(), Is.EqualTo(data.Vector("freq_healthy")).Within(1e-7));
        Assert.That(damaged.NaturalFrequencies(), Is.EqualTo(data.Vector("freq_damaged")).Within(1e-7));
    }

    [Test]
    public void Every_mode_of_vibration_decays_with_the_damping_ratio()
    {
        var frame = new ShearFrame([1200, 1200, 1000], [2.2e6, 1.9e6, 1.6e6], 0.05);
        (double[,] a, _, _, _) = frame.ToStateSpace();
        var poles = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(a).Evd().EigenValues;
        Assert.That(poles.Select(pole => -pole.Real / pole.Magnitude), Is.All.EqualTo(0.05).Within(1e-10));
    }

    [Test]
    public void What_is_no_building_is_refused_with_every_finding()
    {
        ModelException refused = Assert.Throws<ModelException>(() => new ShearFrame([1.0, -1.0], [1.0], 1.5))!;
        Assert.That(
            refused.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "frame", "frame.masses[1]", "frame.dampingRatio" }));
        Assert.That(() => new ShearFrame([1.0], [1.0]).WithDamage(1, 0.3), Throws.TypeOf<ModelException>());
    }
}
