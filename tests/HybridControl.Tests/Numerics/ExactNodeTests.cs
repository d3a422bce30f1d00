using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

/// <summary>Every node of a graph on balls and jets against numbers of 400 bits, with arguments as nasty as doubles have them.</summary>
/// <remarks>The constants of docs/theory/event-location.md (8 eps a node, library functions good to 4 ulp) are what is tested.</remarks>
public class ExactNodeTests
{
    private const int Draws = 1200;

    private static IEnumerable<ExactFunction> Functions => ExactFunction.All;

    [TestCaseSource(nameof(Functions))]
    public void A_ball_contains_the_exact_result_of_its_members(ExactFunction function)
    {
        var random = new Random(21 + (int)function.Op);
        int compared = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            Content a = Nasty.Draw(random), b = Nasty.Draw(random);
            Ball result = function.OnBalls(a.Ball, b.Ball);
            foreach (double u in a.Members)
            {
                foreach (double v in function.IsBinary ? b.Members : [0.0])
                {
                    if (function.Exact(u, v) is { } exact)
                    {
                        compared++;
                        Assert.That(Nasty.Contains(result, exact), $"{function.Op} of {u:R}, {v:R} in {a.Ball}, {b.Ball}: {exact.ToDouble():R} is not in {result}");
                    }
                }
            }
        }

        Assert.That(compared, Is.GreaterThan(Draws / 4));
    }

    [TestCaseSource(nameof(Functions))]
    public void A_jet_contains_the_exact_derivatives(ExactFunction function)
    {
        if (function.First is null)
        {
            Assert.Ignore("No derivative.");
        }

        var random = new Random(61 + (int)function.Op);
        int compared = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            Content a = Nasty.Draw(random), slope = Nasty.Moderate(random), bend = Nasty.Moderate(random);
            Jet result = function.OnJets(new(a.Ball, slope.Ball, bend.Ball));
            foreach (double u in a.Members)
            {
                if (function.Exact(u, 0.0) is null || function.First(u) is not { } first || function.Second!(u) is not { } second)
                {
                    continue;
                }

                compared++;
                var d = BigReal.From(slope.Members[0]);
                BigReal curvature = (first * BigReal.From(bend.Members[0])) + (second * d * d * new BigReal(1, -1));
                string where = $"{function.Op} of {u:R} in {a.Ball}";
                Assert.That(Nasty.Contains(result.Slope, first * d), $"{where}: slope {(first * d).ToDouble():R} is not in {result.Slope}");
                Assert.That(
                    BigReal.From(Math.Clamp(result.HalfCurvature.Lower, -double.MaxValue, double.MaxValue)) <= curvature || double.IsInfinity(result.HalfCurvature.Lower),
                    $"{where}: {curvature.ToDouble():R} is below {result.HalfCurvature}");
                Assert.That(
                    BigReal.From(Math.Clamp(result.HalfCurvature.Upper, -double.MaxValue, double.MaxValue)) >= curvature || double.IsInfinity(result.HalfCurvature.Upper),
                    $"{where}: {curvature.ToDouble():R} is above {result.HalfCurvature}");
            }
        }

        Assert.That(compared, Is.GreaterThan(Draws / 4));
    }

    [Test]
    public void Chains_of_nodes_contain_the_exact_result()
    {
        ExactFunction[] functions = [.. Functions];
        var random = new Random(7);
        int compared = 0;
        for (int draw = 0; draw < 4000; draw++)
        {
            double start = Nasty.Moderate(random).Members[0];
            (Ball ball, BigReal exact) = (Ball.Constant(start), BigReal.From(start));
            for (int step = 0; step < 6; step++)
            {
                ExactFunction function = functions[random.Next(functions.Length)];
                double other = Math.Round((random.NextDouble() * 4) - 2, 3);
                if (function.ExactOf(exact, BigReal.From(other)) is not { } next || double.IsInfinity(next.ToDouble()))
                {
                    break;
                }

                (ball, exact) = (function.OnBalls(ball, Ball.Constant(other)), next);
                compared++;
                Assert.That(Nasty.Contains(ball, exact), $"draw {draw}, {function.Op} with {other}: {exact.ToDouble():R} is not in {ball}");
            }
        }

        Assert.That(compared, Is.GreaterThan(4000));
    }
}
