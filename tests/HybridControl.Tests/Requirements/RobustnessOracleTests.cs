using HybridControl.Requirements;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;

namespace HybridControl.Tests.Requirements;

/// <summary>Robustness against its definition, on ten thousand random formulas and arcs.</summary>
public class RobustnessOracleTests
{
    [Test]
    public void Robustness_of_arcs_that_rest_between_jumps_is_that_of_the_definition()
    {
        for (int seed = 0; seed < 6000; seed++)
        {
            const double grid = 0.5;
            var random = new RandomArcs(seed, grid, moves: false);
            Trajectory run = random.Arc();
            Formula formula = random.Formula(3);
            var naive = new NaiveRobustness(run, grid / 2.0);
            (double lower, double upper) = Ends(run, formula);
            Assert.That(
                (lower, upper), Is.EqualTo((naive.Of(formula, upper: false), naive.Of(formula, upper: true))), $"seed {seed}: {formula}");
        }
    }

    [Test]
    public void Robustness_of_arcs_that_move_is_that_of_the_definition_as_far_as_samples_tell()
    {
        for (int seed = 0; seed < 4000; seed++)
        {
            Compare(seed, 1.0 / 32.0);
        }
    }

    [Test]
    public void The_closer_the_samples_the_closer_the_definition_comes()
    {
        for (int seed = 0; seed < 120; seed++)
        {
            Compare(seed, 1.0 / 512.0);
        }
    }

    [Test]
    public void The_verdict_has_the_sign_of_the_robustness()
    {
        int decided = 0;
        for (int seed = 0; seed < 1000; seed++)
        {
            var random = new RandomArcs(seed, 0.25, moves: true);
            Trajectory run = random.Arc();
            RequirementResult result = run.Check(random.Formula(3));
            Verdict expected = result.Lower > 0.0 ? Verdict.Satisfied : result.Upper < 0.0 ? Verdict.Violated : Verdict.Undecided;
            bool onSurface = result.Lower == 0.0 || result.Upper == 0.0;
            Assert.That(result.Verdict == expected || onSurface, $"seed {seed}: {result}");
            decided += expected == Verdict.Undecided ? 0 : 1;
        }

        Assert.That(decided, Is.GreaterThan(500));
    }

    private static void Compare(int seed, double spacing)
    {
        var random = new RandomArcs(seed, 0.25, moves: true);
        Trajectory run = random.Arc();
        Formula formula = random.Formula(3);
        var naive = new NaiveRobustness(run, spacing);
        (double lower, double upper) = Ends(run, formula);
        double tolerance = (naive.Roughness(formula) * TemporalDepth(formula)) + 1e-6; // each window errs by a step at most
        AssertNear(lower, naive.Of(formula, upper: false), tolerance, seed, formula);
        AssertNear(upper, naive.Of(formula, upper: true), tolerance, seed, formula);
    }

    private static int TemporalDepth(Formula formula) =>
        formula.Operands.Select(TemporalDepth).Append(0).Max() + (formula.Kind is FormulaKind.Always or FormulaKind.Eventually or FormulaKind.Until ? 1 : 0);

    private static void AssertNear(double actual, double expected, double tolerance, int seed, Formula formula) =>
        Assert.That(actual == expected || Math.Abs(actual - expected) <= tolerance, $"seed {seed}: {actual} for {expected} +- {tolerance}: {formula}");

    private static (double Lower, double Upper) Ends(Trajectory run, Formula formula)
    {
        var evaluator = new RobustnessEvaluator(
            new TraceArc(run.Compiled, run.Record), new FormulaProgram(formula, run.Compiled), TrajectoryRequirements.DefaultTolerance);
        return (evaluator.Value(formula, upper: false).C0, evaluator.Value(formula, upper: true).C0);
    }
}
