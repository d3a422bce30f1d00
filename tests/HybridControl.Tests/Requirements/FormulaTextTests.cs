using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Requirements;

public class FormulaTextTests
{
    private static readonly string[] Texts =
    [
        "always(x > 0)",
        "always[0, 10](x > 0 & y < 2 | mode == \"calm\")",
        "eventually[0.5, inf](x + y * 2 >= 3)",
        "(x > 0 | y > 0) until[1, 2] (k >= 3 & x < 1)",
        "x > 0 implies eventually[0, 5](y > 0)",
        "x > 0 implies y > 0 implies k > 0",
        "(x > 0 implies y > 0) implies k > 0",
        "!(mode == \"busy\") & fires(\"calm to busy\")",
        "atEnd(sum <= 1)",
        "always((x + 1) * 2 > 3)",
        "!(!(x > 0))",
    ];

    private static readonly TestCaseData[] Faults =
    [
        new("", 0, "the text is empty"),
        new("always[0 10](x > 0)", 9, "an interval has two ends"),
        new("always[3, 1](x > 0)", 6, "ends at 1 s, before it begins"),
        new("always[-1, 1](x > 0)", 7, "a number of seconds"),
        new("always[0, 1(x > 0)", 11, "the interval is not closed"),
        new("always(x > 0", 12, "where ')' is expected"),
        new("x > 0)", 5, "')' has no '(' before it"),
        new("always(z > 0)", 7, "unknown name 'z'"),
        new("x > 0 & ", 8, "the text ends where a formula is expected"),
        new("mode == \"clam\"", 8, "no mode is called 'clam'"),
        new("fires(calm)", 6, "no transition is called 'calm'"),
        new("always(x)", 7, "this is a number, but a condition is expected"),
        new("x > 0 until y > 0 until k > 0", 18, "can be read in two ways"),
        new("mode == \"calm", 8, "has no end"),
        new("x > 0 y > 0", 6, "an operator is missing"),
        new("x > 0 [1, 2]", 6, "stands outside an interval"),
        new("always(x == 1)", 9, "'==' cannot be used"),
    ];

    [TestCaseSource(nameof(Texts))]
    public void A_formula_prints_as_it_was_written_and_reads_back(string text)
    {
        Formula formula = Formula.Parse(text, RandomArcs.Model);
        Assert.That(formula.ToString(), Is.EqualTo(text));
        Assert.That(Formula.Parse(formula.ToString(), RandomArcs.Model), Is.EqualTo(formula));
    }

    [Test]
    public void Random_formulas_read_back_equal()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            Formula formula = new RandomArcs(seed, 0.25, moves: true).Formula(4);
            Formula back = Formula.Parse(formula.ToString(), RandomArcs.Model);
            Assert.That(back, Is.EqualTo(formula), $"seed {seed}: {formula}");
            Assert.That(back.GetHashCode(), Is.EqualTo(formula.GetHashCode()));
        }
    }

    [TestCase("always x > 0 & y > 0", "always(x > 0) & y > 0")]
    [TestCase("not x > 0 and y > 0 or k > 0", "!(x > 0) & y > 0 | k > 0")]
    [TestCase("x>0 -> eventually[0,2] mode != calm", "x > 0 implies eventually[0, 2](!(mode == \"calm\"))")]
    [TestCase("0 < x < 1", "0 < x & x < 1")]
    [TestCase("always[0,inf)(x > 0)", "always(x > 0)")]
    public void Other_ways_to_write_mean_the_same(string text, string same) =>
        Assert.That(Formula.Parse(text, RandomArcs.Model).ToString(), Is.EqualTo(same));

    [TestCaseSource(nameof(Faults))]
    public void A_fault_shows_where_it_is(string text, int position, string what)
    {
        ExprParseException? fault = Assert.Throws<ExprParseException>(() => Formula.Parse(text, RandomArcs.Model));
        Assert.That(fault!.Finding.What, Does.Contain(what));
        Assert.That(fault.Finding.Position, Is.EqualTo(position));
        Assert.That(fault.Finding.Mend, Is.Not.Empty);
    }

    [Test]
    public void No_text_is_too_deep_for_the_stack()
    {
        foreach (string text in new[]
        {
            new string('(', 100_000) + "x > 0", string.Concat(Enumerable.Repeat("!", 100_000)) + "x > 0",
            string.Concat(Enumerable.Repeat("always ", 100_000)) + "x > 0", string.Concat(Enumerable.Repeat("x > 0 -> ", 100_000)) + "x > 0",
        })
        {
            Assert.That(() => Formula.Parse(text, RandomArcs.Model), Throws.TypeOf<ExprParseException>());
        }

        string long_ = string.Join(" & ", Enumerable.Repeat("x > 0", 10_000));
        Assert.That(Formula.Parse(long_, RandomArcs.Model).Operands, Has.Length.EqualTo(10_000));
    }

    [Test]
    public void Formulas_built_too_deep_or_without_an_interval_are_refused()
    {
        Formula formula = Formula.Mode("calm");
        Assert.That(
            () =>
            {
                while (true)
                {
                    formula = !formula;
                }
            },
            Throws.TypeOf<ModelException>().With.Message.Contains("nested deeper than 200"));
        Assert.That(() => Formula.Always(Condition.True, 2.0, 1.0), Throws.TypeOf<ModelException>().With.Message.Contains("before it begins"));
        Assert.That(() => Formula.Eventually(Condition.True, double.NaN), Throws.TypeOf<ModelException>());
    }

    [Test]
    public void The_three_kinds_on_a_condition_are_formulas_and_are_known_again()
    {
        Condition condition = (Expr.Variable(VariableKind.State, "x") > 0) & (Expr.Variable(VariableKind.State, "y") < 2);
        foreach (RequirementKind kind in Enum.GetValues<RequirementKind>())
        {
            var requirement = new Requirement("r", condition, kind);
            Assert.That(requirement.Condition, Is.EqualTo(condition));
            Assert.That(requirement.Kind, Is.EqualTo(kind));
        }

        Assert.That(new Requirement("r", Formula.Always(condition, to: 5.0)).Kind, Is.Null);
        Assert.That(new Requirement("r", Formula.Always(Formula.Mode("calm"))).Condition, Is.Null);
    }
}
