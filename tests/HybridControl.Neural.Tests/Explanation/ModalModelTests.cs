using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Identification;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Explanation;

/// <summary>Closed forms of modal systems against other ways to the same numbers, in double precision.</summary>
public sealed class ModalModelTests
{
    [Test]
    public void An_oscillator_has_its_frequency_damping_and_gain()
    {
        // x'' + 2 z w x' + w^2 x = w^2 u: residue w^2 / (2 i wd) at -z w + i wd.
        const double w = 3.0;
        const double z = 0.2;
        double wd = w * Math.Sqrt(1.0 - (z * z));
        var model = new ModalModel([new(-z * w, wd)], [1.0], [new Complex(0.0, -w * w / (2.0 * wd))], [0.0], 1, 1);
        ModeSummary summary = model.Summaries().Single();
        Assert.That(summary.NaturalFrequency, Is.EqualTo(w).Within(1e-14));
        Assert.That(summary.Damping, Is.EqualTo(z).Within(1e-15));
        Assert.That(summary.TimeConstant, Is.EqualTo(1.0 / (z * w)).Within(1e-14));
        Assert.That(summary.EnergyShare, Is.EqualTo(1.0).Within(1e-15));
        Assert.That(model.StaticGain()[0], Is.EqualTo(1.0).Within(1e-14));
        Assert.That(model.FrequencyResponse(w)[0].Magnitude, Is.EqualTo(1.0 / (2.0 * z)).Within(1e-13));
        Assert.That(model.H2Norm(), Is.EqualTo(Math.Sqrt(w / (4.0 * z))).Within(1e-14));
        double t = 0.7;
        double expected = 1.0 - (Math.Exp(-z * w * t) * (Math.Cos(wd * t) + (z * w / wd * Math.Sin(wd * t))));
        Assert.That(model.StepResponse(t)[0], Is.EqualTo(expected).Within(1e-14));
        Assert.That(model.ImpulseResponse(t)[0], Is.EqualTo(w * w / wd * Math.Exp(-z * w * t) * Math.Sin(wd * t)).Within(1e-14));
    }

    [TestCase(0.31)]
    [TestCase(1e-9)]
    [TestCase(40.0)]
    public void A_held_step_of_any_length_is_the_matrix_exponential(double step)
    {
        ModalModel model = RandomLayers.Modal(4, 2, 3, seed: 11);
        LinearModel real = model.ToReal();
        var exact = new LinearDiscretization([.. real.A], [.. real.B], new double[real.Order * real.Order], real.Order);
        exact.Prepare(step);
        ModalRecurrence recurrence = model.Discretize(step);
        for (int mode = 0; mode < model.Modes; mode++)
        {
            int row = 2 * mode;
            Nearness.Check(
                [recurrence.Factors[mode].Real, recurrence.Factors[mode].Imaginary],
                [exact.Phi[(row * real.Order) + row], exact.Phi[((row + 1) * real.Order) + row]],
                1e-12);
            for (int i = 0; i < model.Inputs; i++)
            {
                Complex gain = recurrence.Gains[(mode * model.Inputs) + i] / step;
                Nearness.Check([gain.Real, gain.Imaginary], [exact.Gamma[(row * 2) + i] / step, exact.Gamma[((row + 1) * 2) + i] / step], 1e-12);
            }
        }
    }

    [Test]
    public void Two_half_steps_are_one_step()
    {
        ModalModel model = RandomLayers.Modal(3, 2, 2, seed: 3);
        double[] input = [0.4, -0.9];
        var once = new Complex[] { 1.0, new(0.3, -2.0), Complex.ImaginaryOne };
        Complex[] twice = [.. once];
        model.Discretize(0.4).Advance(input, once);
        ModalRecurrence half = model.Discretize(0.2);
        half.Advance(input, twice);
        half.Advance(input, twice);
        Assert.That(twice.Zip(once, (a, b) => (a - b).Magnitude).Max(), Is.LessThan(1e-15));
    }

    [Test]
    public void Phi_keeps_its_digits_near_zero_and_across_the_seam()
    {
        foreach (double size in new[] { 0.0, 1e-300, 1e-12, 1e-4, 0.1, 0.999999, 1.000001, 30.0 })
        {
            for (double angle = 0.0; angle < 6.3; angle += 0.7)
            {
                Complex z = Complex.FromPolarCoordinates(size, angle);
                Complex found = ModeStep.Phi(z);

                // exp(z) - 1 = 2 exp(z/2) sinh(z/2), with sinh(x + iy) by its odd real functions.
                Complex expected = size == 0.0 ? 1.0 : 2.0 * Complex.Exp(0.5 * z) * Complex.Sinh(0.5 * z) / z;
                Assert.That((found - expected).Magnitude, Is.LessThan(4e-15 * Math.Max(1.0, expected.Magnitude)), $"{z}");
            }
        }
    }

    [Test]
    public void Gramians_solve_the_equations_of_lyapunov()
    {
        ModalModel model = RandomLayers.Modal(4, 2, 3, seed: 5);
        LinearModel real = model.ToReal();
        Assert.That(Residual([.. real.A], Gramians.Controllability(model), [.. real.B], real.Order, transposed: false), Is.LessThan(1e-13));
        Assert.That(Residual([.. real.A], Gramians.Observability(model), [.. real.C], real.Order, transposed: true), Is.LessThan(1e-13));
        double[] w = Gramians.Controllability(model);
        double energy = 0.0;
        for (int o = 0; o < real.Outputs; o++)
        {
            for (int i = 0; i < real.Order; i++)
            {
                for (int j = 0; j < real.Order; j++)
                {
                    energy += real.C[(o * real.Order) + i] * w[(i * real.Order) + j] * real.C[(o * real.Order) + j];
                }
            }
        }

        Assert.That(model.H2Norm(), Is.EqualTo(Math.Sqrt(energy)).Within(1e-13));
        Assert.That(model.Summaries().Sum(summary => summary.EnergyShare), Is.EqualTo(1.0).Within(1e-13));
    }

    [Test]
    public void Real_and_modal_form_have_one_transfer_function()
    {
        ModalModel model = RandomLayers.Modal(5, 2, 3, seed: 7);
        foreach (double omega in new[] { 0.0, 0.3, 2.0, 50.0 })
        {
            Complex[] expected = model.FrequencyResponse(omega);
            Complex[] found = model.ToReal().FrequencyResponse(omega);
            Assert.That(found.Zip(expected, (a, b) => (a - b).Magnitude).Max(), Is.LessThan(1e-12));
        }
    }

    [Test]
    public void A_real_pole_with_real_inputs_is_one_real_state()
    {
        var model = new ModalModel([new(-2.0, 0.0), new(-1.0, 3.0)], [1.0, new(1.0, 1.0)], [new(0.5, 4.0), 1.0], [0.0], 1, 1);
        Assert.That(model.ToReal().Order, Is.EqualTo(3));
        Assert.That((model.ToReal().FrequencyResponse(1.3)[0] - model.FrequencyResponse(1.3)[0]).Magnitude, Is.LessThan(1e-15));
        Assert.That(BalancedTruncation.Of(model).HankelValues, Has.Length.EqualTo(3).And.All.GreaterThan(1e-6));
    }

    [Test]
    public void Balanced_truncation_keeps_its_bound_at_every_frequency()
    {
        ModalModel model = RandomLayers.Modal(6, 1, 1, seed: 23);
        BalancedTruncation reduction = BalancedTruncation.Of(model);
        double[] omegas = BodeCurve.FrequenciesFor(model, 400);
        for (int order = 1; order <= 11; order++)
        {
            LinearModel reduced = reduction.Reduce(order);
            double worst = omegas.Max(omega => (reduced.FrequencyResponse(omega)[0] - model.FrequencyResponse(omega)[0]).Magnitude);
            Assert.That(reduced.Order, Is.EqualTo(order));
            Assert.That(worst, Is.LessThanOrEqualTo(reduction.ErrorBound(order) + 1e-12), $"order {order}");

            // No system of this order is better than the next Hankel value.
            Assert.That(worst, Is.GreaterThanOrEqualTo((0.99 * reduction.HankelValues[order]) - 1e-12), $"order {order}");
        }

        Assert.That(reduction.ErrorBound(12), Is.Zero);
        Assert.That(omegas.Max(omega => (reduction.Reduce(12).FrequencyResponse(omega)[0] - model.FrequencyResponse(omega)[0]).Magnitude), Is.LessThan(1e-11));
    }

    [Test]
    public void Hankel_values_are_the_roots_of_the_eigenvalues_of_the_product_of_gramians()
    {
        // One real state: x' = -a x + b u, y = c x has Hankel value |c b| / (2 a).
        var single = new ModalModel([new(-0.5, 0.0)], [3.0], [1.0], [7.0], 1, 1);
        Assert.That(BalancedTruncation.Of(single).HankelValues.Single(), Is.EqualTo(2.0 * 3.0 / (2.0 * 0.5)).Within(1e-14));

        // The trace of the product does not depend on coordinates.
        ModalModel model = RandomLayers.Modal(4, 3, 2, seed: 9);
        double[] wc = Gramians.Controllability(model);
        double[] wo = Gramians.Observability(model);
        double trace = 0.0;
        for (int i = 0; i < 8; i++)
        {
            for (int j = 0; j < 8; j++)
            {
                trace += wc[(i * 8) + j] * wo[(j * 8) + i];
            }
        }

        Assert.That(BalancedTruncation.Of(model).HankelValues.Sum(value => value * value), Is.EqualTo(trace).Within(1e-12 * trace));
    }

    [Test]
    public void A_mode_that_nobody_sees_is_never_kept()
    {
        var model = new ModalModel([new(-1.0, 2.0), new(-0.3, 5.0)], [1.0, 1.0], [1.0, 0.0], [0.0], 1, 1);
        BalancedTruncation reduction = BalancedTruncation.Of(model);
        Assert.That(reduction.Reduce(4).Order, Is.EqualTo(2));
        Assert.That(reduction.OrderFor(1e-12), Is.EqualTo(2));
        Assert.That(model.Summaries()[1].Visibility, Is.Zero);
    }

    [Test]
    public void Parts_add_up_to_the_output_to_the_last_bit()
    {
        ModalModel model = RandomLayers.Modal(5, 2, 3, seed: 13);
        ModalRecurrence recurrence = model.Discretize(0.05);
        double[] inputs = RandomLayers.Reals(2 * 60, 4, 8, -1.0, 1.0);
        Attribution attribution = Attribution.Run(recurrence, inputs);
        double[] outputs = recurrence.Run(inputs);
        for (int k = 0; k < 60; k++)
        {
            for (int o = 0; o < 3; o++)
            {
                double sum = 0.0;
                for (int part = 0; part < attribution.Parts; part++)
                {
                    sum += attribution[k, o, part];
                }

                Assert.That(sum, Is.EqualTo(outputs[(k * 3) + o]));
                Assert.That(sum, Is.EqualTo(attribution.Totals[(k * 3) + o]));
            }
        }
    }

    [Test]
    public void Residues_make_the_transfer_function()
    {
        ModalModel model = RandomLayers.Modal(3, 2, 2, seed: 31);
        var s = new Complex(0.0, 1.7);
        Complex sum = model.D[1];
        for (int mode = 0; mode < 3; mode++)
        {
            Complex residue = model.ResidueOf(mode)[1];
            sum += (residue / (s - model.Poles[mode])) + (Complex.Conjugate(residue) / (s - Complex.Conjugate(model.Poles[mode])));
        }

        Assert.That((sum - model.FrequencyResponse(1.7)[1]).Magnitude, Is.LessThan(1e-14));
    }

    [Test]
    public void Phase_of_a_bode_curve_does_not_jump()
    {
        ModalModel model = RandomLayers.Modal(6, 2, 2, seed: 17);
        BodeCurve curve = BodeCurve.Of(model, BodeCurve.FrequenciesFor(model, 2000), input: 1, output: 0);
        for (int k = 1; k < 2000; k++)
        {
            Assert.That(Math.Abs(curve.Phases[k] - curve.Phases[k - 1]), Is.LessThan(90.0));
        }

        Assert.That(curve.Gains[^1], Is.EqualTo(20.0 * Math.Log10(Math.Abs(model.D[1]))).Within(1.0));
    }

    [Test]
    public void Layers_without_conjugates_take_the_real_part_only()
    {
        S5Parameters pairs = RandomLayers.S5(3, 2, seed: 6);
        S5Parameters whole = pairs with
        {
            ConjugatePairs = false,
            Lambda = [.. pairs.Lambda, .. pairs.Lambda.Select(Complex.Conjugate)],
            B = [.. pairs.B, .. pairs.B.Select(Complex.Conjugate)],
            C = [.. Enumerable.Range(0, 2).SelectMany(h => pairs.C.Skip(3 * h).Take(3).Concat(pairs.C.Skip(3 * h).Take(3).Select(Complex.Conjugate)))],
            LogStep = [.. pairs.LogStep, .. pairs.LogStep],
        };
        double[] inputs = RandomLayers.Reals(40, 4, 8, -1.0, 1.0);
        Nearness.Check(whole.ToModal(1.0).Discretize(1.0).Run(inputs), pairs.ToModal(1.0).Discretize(1.0).Run(inputs), 1e-13);
    }

    [Test]
    public void An_identified_system_is_a_modal_model()
    {
        var system = new ModalSystem(2, 1, 2);
        (system.Exponents[0], system.Exponents[1]) = (new(-0.1, 0.5), new(-0.3, 0.0));
        (system.B[0], system.B[1]) = (new(0.4, -0.2), new(0.7, 0.0));
        Complex[] c = [new(1.0, 0.3), new(0.5, 0.0), new(-0.2, 0.8), new(2.0, 0.0)];
        c.CopyTo(system.C, 0);
        (system.D[0], system.D[1]) = (0.1, -0.3);
        var model = new SsmModel(system, 0.05, ["u"], ["y", "z"], [0.0], [0.0, 0.0], [1.0, 0.0, 0.0, 1.0]);
        double[] inputs = RandomLayers.Reals(40, 4, 8, -1.0, 1.0);
        double[] found = model.ToModal().Discretize(0.05).Run(inputs);
        Complex[] s = [Complex.Zero, Complex.Zero];
        for (int k = 0; k < 40; k++)
        {
            for (int i = 0; i < 2; i++)
            {
                s[i] = (Complex.Exp(system.Exponents[i]) * s[i]) + (system.B[i] * inputs[k]);
            }

            for (int o = 0; o < 2; o++)
            {
                double expected = (2.0 * ((system.C[2 * o] * s[0]) + (system.C[(2 * o) + 1] * s[1])).Real) + (system.D[o] * inputs[k]);
                Assert.That(found[(2 * k) + o], Is.EqualTo(expected).Within(1e-13));
            }
        }

        Assert.That(model.ToModal().ToReal().Order, Is.EqualTo(model.Order));
    }

    [Test]
    public void Unstable_systems_have_no_energies_and_are_told_so()
    {
        var model = new ModalModel([new(0.1, 2.0), new(-1.0, 0.0), Complex.Zero], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [0.0], 1, 1);
        ImmutableArray<Finding> findings = Assert.Throws<ModelException>(() => model.H2Norm())!.Findings;
        Assert.That(findings.Select(finding => finding.Where), Is.EqualTo(new[] { "mode 0", "mode 2" }));
        Assert.That(() => BalancedTruncation.Of(model), Throws.InstanceOf<ModelException>());
        Assert.That(() => model.StaticGain(), Throws.InstanceOf<ModelException>().With.Message.Contains("no damping"));
        Assert.That(model.Summaries()[0].EnergyShare, Is.NaN);
        Assert.That(new ModalModel([Complex.Zero], [1.0], [1.0], [0.5], 1, 1).StepResponse(2.0)[0], Is.EqualTo(4.5).Within(1e-15));
    }

    [Test]
    public void Numbers_that_do_not_fit_are_refused_all_at_once()
    {
        ModelException fault = Assert.Throws<ModelException>(() => _ = new ModalModel([new(double.NaN, 0.0)], [], [1.0], [], 2, 1))!;
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "ModalModel, poles", "ModalModel, b", "ModalModel, d" }));
        S5Parameters layer = RandomLayers.S5(3, 2, seed: 6) with { D = [1.0], LogStep = [double.PositiveInfinity, 0.0] };
        Assert.That(Assert.Throws<ModelException>(() => layer.ToModal(1.0))!.Findings.Length, Is.GreaterThan(3));
        Assert.That(() => RandomLayers.S5(3, 2, seed: 6).ToModal(0.0), Throws.InstanceOf<ModelException>());
        S5Parameters forgetful = RandomLayers.S5(1, 1, seed: 6) with { Lambda = [-2.0], LogStep = [0.0], Rule = LinearRule.Bilinear };
        Assert.That(() => forgetful.ToHeldInput(1.0), Throws.InstanceOf<ModelException>().With.Message.Contains("forgets"));
        S5Parameters both = RandomLayers.S5(3, 2, seed: 6);
        Assert.That(() => (both with { BackwardC = both.C }).ToModal(1.0), Throws.InstanceOf<ModelException>().With.Message.Contains("later tokens"));
    }

    // The largest entry of A W + W A' + F F', or of its twin for A'.
    private static double Residual(double[] a, double[] w, double[] factor, int n, bool transposed)
    {
        double worst = 0.0;
        int width = factor.Length / n;
        double At(int i, int j) => transposed ? a[(j * n) + i] : a[(i * n) + j];
        double F(int i, int k) => transposed ? factor[(k * n) + i] : factor[(i * width) + k];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0.0;
                for (int k = 0; k < n; k++)
                {
                    sum += (At(i, k) * w[(k * n) + j]) + (w[(i * n) + k] * At(j, k));
                }

                for (int k = 0; k < width; k++)
                {
                    sum += F(i, k) * F(j, k);
                }

                worst = Math.Max(worst, Math.Abs(sum));
            }
        }

        return worst;
    }
}
