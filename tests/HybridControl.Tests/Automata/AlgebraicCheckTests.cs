using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Automata;

public sealed class AlgebraicCheckTests
{
    [Test]
    public void An_equation_need_not_contain_its_own_variable() => Assert.That(AutomatonValidator.Validate(Model((h, m) =>
    {
        (Expr y, Expr z) = (h.Algebraic("y"), h.Algebraic("z"));
        m.Equation(y, z, 1.0).Equation(z, y + z, 2.0);
    })), Is.Empty);

    [Test]
    public void A_pendulum_with_its_length_as_the_equation_is_refused_with_the_remedy()
    {
        Finding finding = Refused((h, m) =>
        {
            (Expr x, Expr y) = (h.State("x", 1.0), h.State("y"));
            (Expr vx, Expr vy) = (h.State("vx"), h.State("vy"));
            Expr force = h.Algebraic("force");
            m.Flow((x, y, vx, vy), (vx, vy, -force * x, -force * y - 9.81)).Equation(force, Expr.Square(x) + Expr.Square(y), 1.0);
        });
        Assert.That(finding.Where, Is.EqualTo("modes.m.equations.force"));
        Assert.That(finding.What, Does.Contain("'x^2 + y^2 = 1' contains no algebraic variable").And.Contain("index is above 1"));
        Assert.That(finding.Mend, Does.Contain("Differentiate it by time"));
    }

    [Test]
    public void Equations_for_too_few_variables_are_named_together()
    {
        Finding finding = Refused((h, m) =>
        {
            (Expr a, Expr b, Expr c, Expr d) = (h.Algebraic("a"), h.Algebraic("b"), h.Algebraic("c"), h.Algebraic("d"));
            m.Equation(a, a + b, 1.0).Equation(b, a * b, 1.0).Equation(c, a - b, 1.0).Equation(d, d, c);
        });
        Assert.That(finding.What, Does.StartWith("the equations of 'a', 'b', 'c' determine only 'a', 'b', and too few are left for 'c', 'd'"));
    }

    [Test]
    public void What_cancels_is_no_occurrence() => Assert.That(Refused((h, m) =>
    {
        Expr z = h.Algebraic("z");
        m.Equation(z, z - z, 1.0);
    }).What, Does.Contain("the equation 'z - z = 1' does not change with 'z'"));

    [Test]
    public void Steps_and_numbers_alone_determine_nothing()
    {
        Assert.That(Refused((h, m) =>
        {
            (Expr x, Expr z) = (h.State("x"), h.Algebraic("z"));
            m.Equation(z, Expr.Floor(z), x);
        }).What, Is.EqualTo("the equation 'floor(z) = x' does not change with 'z': steps, and factors of zero, determine nothing"));
        Finding number = Refused((h, m) => m.Equation(h.Algebraic("z"), 5.0));
        Assert.That(number.What, Does.Contain("contains neither an algebraic variable nor a state"));
        Assert.That(number.Mend, Does.Contain("'z' = 0"));
    }

    [Test]
    public void A_model_with_many_faults_names_all()
    {
        AssertRefusedAt(
            (h, m) =>
            {
                (Expr x, Expr y, Expr z) = (h.State("x"), h.Algebraic("y"), h.Algebraic("z"));
                m.Flow(z, x).Equation(y, y, 1.0).Equation(y, y, 2.0).Equation(x, x, y).Mass(x, z, 1.0).Mass(x, x, h.Time).Mass(x, x, 2.0).Diffusion(x, 1.0);
            },
            "modes.m.flow.z", "modes.m.diffusion.x", "modes.m.equations.y", "modes.m.equations.x", "modes.m.equations.z", "modes.m.mass.x.z",
            "modes.m.mass.x.x", "modes.m.mass.x.x");
    }

    [Test]
    public void Modes_of_a_delegate_flow_have_no_equations() => Assert.That(Refused((h, m) =>
    {
        Expr z = h.Algebraic("z");
        m.Flow((_, _, _, slopes) => slopes.Clear()).Equation(z, z, 1.0);
    }).What, Does.Contain("a delegate flow cannot be solved together with algebraic equations"));

    [Test]
    public void A_mode_inside_takes_equations_over_and_replaces_them()
    {
        HybridAutomaton model = HybridAutomaton.Build("nested", h =>
        {
            (Expr x, Expr y, Expr z) = (h.State("x"), h.Algebraic("y"), h.Algebraic("z"));
            ModeBuilder outer = h.Mode("outer").Equation(y, y, x).Equation(z, z, x).Mass(x, x, 2.0);
            outer.Mode("inner").Equation(z, z, 2.0 * x);
            outer.Mode("other").Mass(x, x, 3.0);
        });
        Assert.That(model.Mode("outer.inner").Equations.Select(equation => equation.ToString()), Is.EqualTo(["z = 2 * x", "y = x"]));
        Assert.That(model.Mode("outer.other").Mass.Single().Value.Value, Is.EqualTo(3.0));
        Assert.That(model.Mode("outer.inner").Mass.Single().Value.Value, Is.EqualTo(2.0));
    }

    [Test]
    public void Components_whose_equations_say_the_same_together_are_refused_with_the_equation()
    {
        // z = w, and the wire brings back z itself: nothing is left of the equation.
        HybridAutomaton part = HybridAutomaton.Build("part", h =>
        {
            (Expr x, Expr z, Expr w) = (h.State("x"), h.Algebraic("z"), h.Input("w", 0.0));
            h.Mode("m").Flow(x, -z).Equation(z, z, w);
        });
        HybridAutomaton mirror = HybridAutomaton.Build("mirror", h =>
        {
            Expr u = h.Input("u", 0.0);
            h.Output("y", u);
            h.Mode("idle");
        });
        var refusal = Assert.Throws<ModelException>(() => AutomatonNetwork.Build("net", n =>
        {
            ComponentBuilder a = n.Component("a", part);
            ComponentBuilder b = n.Component("b", mirror);
            n.Wire(a["w"], b["y"]);
            n.Wire(b["u"], a["z"]);
        }).Compose())!;
        Assert.That(refusal.Findings.Select(finding => finding.Where), Is.EqualTo(["modes.a.m.equations.a.z"]));
        Assert.That(refusal.Findings[0].What, Does.Contain("does not change with 'a.z'"));
    }

    [Test]
    public void Regions_that_leave_a_variable_without_an_equation_in_some_combination_are_refused_once()
    {
        // In 'still' the second region has no z in its equation either: both determine y, in each mode of the third.
        Finding finding = RefusedFile("""
            {
              "name": "regions", "states": { "x": 0 }, "algebraic": { "y": 0, "z": 0 }, "initialMode": "am | move | one",
              "modes": {
                "am": { "region": "a", "flow": { "x": "-y" }, "equations": { "y": "y = x" } },
                "move": { "region": "b", "equations": { "z": "z = y" } },
                "still": { "region": "b", "equations": { "z": "y = 1" } },
                "one": { "region": "c" }, "two": { "region": "c" }
              }
            }
            """).Single();
        Assert.That(finding.Where, Does.EndWith("modes.still.equations.z"));
        Assert.That(finding.What, Is.EqualTo(
            "while 'am' is active, the equations of 'y', 'z' determine only 'y', and too few are left for 'z': the index is above 1"));
    }

    [Test]
    public void One_region_equates_a_variable() => Assert.That(
        RefusedFile("""
            {
              "name": "regions", "states": { "x": 0 }, "algebraic": { "y": 0, "z": 0 }, "initialMode": "am | bm",
              "modes": {
                "am": { "region": "a", "flow": { "x": "-y" }, "equations": { "y": "y = x" }, "mass": { "x": { "x": 2 } } },
                "bm": { "region": "b", "equations": { "y": "y = 2*x" }, "mass": { "x": { "x": 3 } } }
              }
            }
            """).Select(finding => finding.Where.Split(", ")[^1]),
        Is.EquivalentTo(["modes.bm.mass.x", "modes.bm.equations.y", "algebraic.z"]));

    [Test]
    public void A_constant_mass_matrix_that_is_singular_in_numbers_is_refused_with_the_remedy()
    {
        Finding finding = Refused((h, m) =>
        {
            (Expr a, Expr b) = (h.State("a"), h.State("b"));
            m.Mass(a, a, 0.1).Mass(a, b, -0.1).Mass(b, a, -0.3).Mass(b, b, 0.3).Flow((a, b), (-a, -b));
        });
        Assert.That(finding.Where, Does.StartWith("modes.m.mass."));
        Assert.That(finding.What, Does.Contain("the mass matrix is singular").And.Contain("follows from the others"));
        Assert.That(finding.Mend, Does.Contain("as an algebraic equation"));
    }

    [Test]
    public void A_fault_of_the_mass_is_told_once_in_the_mode_that_gives_the_entries()
    {
        // The row of 'y' is that of a state without a mass; whatever is active beside 'bm' has no part in it.
        Finding finding = RefusedFile("""
            {
              "name": "regions", "states": { "w": 0, "x": 0, "y": 0 }, "initialMode": "one | bm",
              "modes": {
                "one": { "region": "a", "flow": { "w": "-w" }, "mass": { "w": { "w": 2, "x": 1 } } },
                "two": { "region": "a", "flow": { "w": "-w" }, "mass": { "w": { "w": 3, "x": 1 } } },
                "bm": { "region": "b", "flow": { "x": "-x", "y": "-y" }, "mass": { "x": { "y": 1 } } }
              }
            }
            """).Single();
        Assert.That(finding.Where, Does.EndWith("modes.bm.mass.y"));
        Assert.That(finding.What, Does.Contain("the rows of 'x', 'y' hold the derivatives of 'y' only"));
    }

    [Test]
    public void Every_block_of_a_mass_matrix_is_looked_at_in_every_mode_that_gives_it()
    {
        // Equations tie twelve regions of two modes to each other: 4096 combinations. Seven gives a singular block in its second mode.
        const int Regions = 12;
        const int Size = 30;
        string[] Each(int count, Func<int, string> text) => [.. Enumerable.Range(0, count).Select(text)];
        string Join(IEnumerable<string> parts) => string.Join(", ", parts);
        string Row(int region, int choice, int row) => (region, choice, row) is (7, 1, 4)
            ? """ "x7_4": { "x7_3": 8, "x7_4": 2 } """
            : $$""" "x{{region}}_{{row}}": { "x{{region}}_{{row}}": 4, "x{{region}}_{{(row + 1) % Size}}": 1 } """;
        string Mode(int region, int choice) => $$"""
            "m{{region}}_{{choice}}": {
              "region": "r{{region}}",
              "mass": { {{Join(Each(Size, row => Row(region, choice, row)))}} },
              "equations": { "z{{region}}": "z{{region}} = z{{(region + 1) % Regions}} / 2" }
            }
            """;
        Finding finding = RefusedFile($$"""
            {
              "name": "many", "states": { {{Join(Each(Regions * Size, i => $"\"x{i / Size}_{i % Size}\": 0"))}} },
              "algebraic": { {{Join(Each(Regions, i => $"\"z{i}\": 0"))}} },
              "initialMode": "{{string.Join(" | ", Each(Regions, region => $"m{region}_0"))}}",
              "modes": { {{Join(Each(2 * Regions, i => Mode(i / 2, i % 2)))}} }
            }
            """).Single();
        Assert.That(finding.Where, Does.EndWith("modes.m7_1.mass.x7_3").Or.EndsWith("modes.m7_1.mass.x7_4"));
        Assert.That(finding.What, Does.Contain("follows from the others"));
    }

    [Test]
    public void A_mode_with_equations_does_not_slide()
    {
        HybridAutomaton model = HybridAutomaton.Build("relay", h =>
        {
            (Expr x, Expr z) = (h.State("x", 1.0), h.Algebraic("z"));
            ModeBuilder up = h.Mode("up").Flow(x, z).Equation(z, z, 1.0);
            ModeBuilder down = h.Mode("down").Flow(x, z).Equation(z, z, -1.0);
            h.Transition(up, down).Guard(x >= 0.0);
            h.Transition(down, up).Guard(x <= 0.0);
        });
        Assert.That(model.WithAllSliding().Modes, Has.Length.EqualTo(2));
        var refusal = Assert.Throws<ModelException>(() => model.WithSliding(new SlidingModes("up", "down")))!;
        Assert.That(refusal.Message, Does.Contain("the mode 'up' has algebraic equations or a mass matrix, whose flow cannot be mixed"));
    }

    private static IEnumerable<Finding> RefusedFile(string text) =>
        Assert.Throws<ModelException>(() => ModelFile.Parse(text))!.Findings.Where(finding => finding.Severity == Severity.Error);

    private static HybridAutomaton Model(Action<AutomatonBuilder, ModeBuilder> build) =>
        HybridAutomaton.Build("model", h => build(h, h.Mode("m")));

    private static Finding Refused(Action<AutomatonBuilder, ModeBuilder> build) =>
        Assert.Throws<ModelException>(() => Model(build))!.Findings.Single();

    private static void AssertRefusedAt(Action<AutomatonBuilder, ModeBuilder> build, params string[] places) => Assert.That(
        Assert.Throws<ModelException>(() => Model(build))!.Findings.Select(finding => finding.Where), Is.EqualTo(places));
}
