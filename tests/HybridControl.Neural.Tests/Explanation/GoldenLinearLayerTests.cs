using System.Numerics;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Explanation;

/// <summary>The continuous systems of the reference layers, against what the reference says of them (stored in single precision).</summary>
public sealed class GoldenLinearLayerTests
{
    // The reference computes in double precision and stores floats: relative errors of 6e-8.
    private const double Stored = 2e-7;
    private const double Computed = 2e-5;

    private static readonly GoldenCase S5 = GoldenLayers.S5;
    private static readonly GoldenCase S4d = GoldenLayers.S4d;
    private static readonly S5Parameters S5Layer = GoldenLayers.S5Parameters;
    private static readonly S4dParameters S4dLayer = GoldenLayers.S4dParameters;

    [Test]
    public void Poles_of_s5_have_the_step_of_their_state()
    {
        Nearness.Check(S5Layer.ToModal(1.0).Poles.AsSpan(), S5.Read("poles_continuous_ri"), Stored);
        ModalModel slow = S5Layer.ToModal(0.1);
        Nearness.Check([.. slow.Poles.Select(pole => 0.1 * pole)], S5.Read("poles_continuous_ri"), Stored);
    }

    [Test]
    public void Frequency_response_of_s5_is_that_of_the_reference()
    {
        ModalModel model = S5Layer.ToModal(1.0);
        double[] omegas = S5.Read("freq_omega_rad_per_sample");
        Nearness.Check([.. omegas.SelectMany(model.FrequencyResponse)], S5.Read("freq_response_ri"), Stored);
        Nearness.Check([.. omegas.SelectMany(omega => model.ToReal().FrequencyResponse(omega))], S5.Read("freq_response_ri"), Stored);
    }

    [Test]
    public void Step_response_and_norm_of_s5_are_those_of_the_reference()
    {
        ModalModel model = S5Layer.ToModal(1.0);
        Nearness.Check([.. S5.Read("step_time_samples").SelectMany(model.StepResponse)], S5.Read("step_response"), Stored);
        Assert.That(model.H2Norm(), Is.EqualTo(S5.Read("h2_norm_strictly_proper")[0]).Within(Stored));
    }

    [TestCase("ssm_output_zoh", 1.0, LinearRule.ZeroOrderHold)]
    [TestCase("ssm_output_zoh_step_rescale_0.5", 0.5, LinearRule.ZeroOrderHold)]
    [TestCase("ssm_output_bilinear", 1.0, LinearRule.Bilinear)]
    public void Stepping_the_system_of_s5_is_the_layer(string name, double factor, LinearRule rule)
    {
        const double sampleTime = 0.02;
        ModalRecurrence recurrence = (S5Layer with { Rule = rule }).ToModal(sampleTime).Discretize(factor * sampleTime, rule);
        CheckStreams(recurrence, S5.Read("input"), S5.Read(name));
    }

    [TestCase("ssm_output_zoh", 1.0, LinearRule.ZeroOrderHold)]
    [TestCase("ssm_output_zoh_dt_x2.5", 2.5, LinearRule.ZeroOrderHold)]
    [TestCase("ssm_output_bilinear", 1.0, LinearRule.Bilinear)]
    public void Stepping_the_system_of_s4d_is_the_layer(string name, double factor, LinearRule rule)
    {
        const double sampleTime = 3.0;
        ModalRecurrence recurrence = (S4dLayer with { Rule = rule }).ToModal(sampleTime).Discretize(factor * sampleTime, rule);
        CheckStreams(recurrence, S4d.Read("input"), S4d.Read(name));
    }

    [Test]
    public void A_bilinear_layer_has_a_flow_that_gives_its_outputs_under_held_inputs()
    {
        S5Parameters bilinear = S5Layer with { Rule = LinearRule.Bilinear };
        CheckStreams(bilinear.ToHeldInput(0.02).Discretize(0.02), S5.Read("input"), S5.Read("ssm_output_bilinear"));
        S4dParameters other = S4dLayer with { Rule = LinearRule.Bilinear };
        CheckStreams(other.ToHeldInput(0.02).Discretize(0.02), S4d.Read("input"), S4d.Read("ssm_output_bilinear"));
    }

    [Test]
    public void Impulses_through_s4d_are_its_kernel()
    {
        double[] kernel = S4d.Read("kernel");
        int channels = S4dLayer.Channels;
        int length = kernel.Length / channels;
        ModalModel model = S4dLayer.ToModal(1.0);
        ModalRecurrence recurrence = model.Discretize(1.0);
        for (int channel = 0; channel < channels; channel++)
        {
            var inputs = new double[length * channels];
            inputs[channel] = 1.0;
            double[] outputs = recurrence.Run(inputs);
            double[] found = [.. Enumerable.Range(0, length).Select(k => outputs[(k * channels) + channel])];
            found[0] -= S4dLayer.D[channel];
            Nearness.Check(found, kernel.AsSpan(channel * length, length), Computed);
        }
    }

    [Test]
    public void Final_states_are_those_of_the_reference()
    {
        CheckStates(S5Layer.ToModal(1.0).Discretize(1.0), S5.Read("input"), S5.Read("final_state_zoh_ri"));
        CheckStates((S5Layer with { Rule = LinearRule.Bilinear }).ToModal(1.0).Discretize(1.0, LinearRule.Bilinear), S5.Read("input"), S5.Read("final_state_bilinear_ri"));
        CheckStates(S4dLayer.ToModal(1.0).Discretize(1.0), S4d.Read("input"), S4d.Read("final_state_zoh_ri"));
    }

    private static void CheckStreams(ModalRecurrence recurrence, double[] inputs, double[] expected)
    {
        int half = inputs.Length / 2;
        Nearness.Check(recurrence.Run(inputs.AsSpan(0, half)), expected.AsSpan(0, half), Computed);
        Nearness.Check(recurrence.Run(inputs.AsSpan(half)), expected.AsSpan(half), Computed);
    }

    private static void CheckStates(ModalRecurrence recurrence, double[] inputs, double[] expected)
    {
        int half = inputs.Length / 2;
        int modes = recurrence.Model.Modes;
        Complex[] first = [.. Attribution.Run(recurrence, inputs.AsSpan(0, half)).States.TakeLast(modes)];
        Complex[] second = [.. Attribution.Run(recurrence, inputs.AsSpan(half)).States.TakeLast(modes)];
        Nearness.Check([.. first, .. second], expected, Computed);
    }
}
