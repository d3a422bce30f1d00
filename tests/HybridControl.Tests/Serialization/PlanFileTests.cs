using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Requirements;
using HybridControl.Serialization;
using HybridControl.Solvers;

namespace HybridControl.Tests.Serialization;

public sealed class PlanFileTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("plans").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Written_plans_read_back_equal([Range(0, 3)] int number)
    {
        EnsemblePlan plan = EveryPlan.All[number];
        string text = PlanFile.Write(plan);
        EnsemblePlan read = PlanFile.Parse(text);
        Assert.That(read, Is.EqualTo(plan), text);
        Assert.That(PlanFile.Write(read), Is.EqualTo(text));
    }

    [Test]
    public void A_plan_differs_in_each_of_its_parts()
    {
        EnsemblePlan plan = EveryPlan.Rich;
        EnsemblePlan[] others =
        [
            plan with { Seed = 2 }, plan with { Values = plan.Values.SetItem("held", 1.0) }, plan with { Variations = plan.Variations[1..] },
            plan with { Recording = plan.Recording with { EventSlots = 3 } }, plan with { Stops = [] }, plan with { Solver = new DormandPrince5() },
        ];
        Assert.That(others, Has.None.EqualTo(plan));
    }

    [Test]
    public void A_plan_beside_its_model_names_it_by_file()
    {
        ModelFile.Save(EveryPlan.Model, Path.Combine(_folder, "every.json"));
        string path = Path.Combine(_folder, "plan.json");
        PlanFile.Save(EveryPlan.Rich, path, model: "every.json");
        Assert.That(File.ReadAllText(path), Does.StartWith("{\n  \"model\": \"every.json\","));
        Assert.That(PlanFile.Load(path), Is.EqualTo(EveryPlan.Rich));
        Assert.That(PlanFile.Check(path), Is.Empty);
    }

    [Test]
    public void Short_forms_mean_what_the_long_ones_do()
    {
        ModelFile.Save(EveryPlan.Model, Path.Combine(_folder, "every.json"));
        File.WriteAllText(Path.Combine(_folder, "measured.csv"), "day,u\nMonday,1.5\nTuesday,0.5\n");
        EnsemblePlan plan = PlanFile.Parse(
            """
            { "model": "every.json", "size": 1e3, "solver": "rk4", "until": 1,
              "vary": { "g": { "normal": { "mean": 9, "deviation": 1 } }, "tiny": { "exponential": [2] }, "u": { "empirical": { "file": "measured.csv", "column": "u" } },
                        "a third": { "beta": { "a": 2, "b": 3 } }, "x": { "lognormal": { "mean": 5, "deviation": 2 } }, "n": { "grid": { "from": 0, "to": 1, "count": 3 } } },
              "require": { "low": "x <= 9" } }
            """, folder: _folder);
        Assert.That(plan.Variations.Select(variation => variation.Distribution), Is.EqualTo(new Distribution[]
        {
            new Normal(9.0, 1.0), new Exponential(2.0), new Empirical([0.5, 1.5]), new Beta(2.0, 3.0), LogNormal.FromMoments(5.0, 2.0), new GridPoints([0.0, 0.5, 1.0]),
        }));
        Assert.That((plan.Size, plan.Until, plan.Solver), Is.EqualTo((1000L, 1.0, (Solver)new RungeKutta4())));
        Assert.That(plan.Commands, Is.EqualTo(EveryPlan.Model.Experiment!.Commands), "those of the model's experiment");
        Assert.That(plan.Requirements[0].Kind, Is.EqualTo(RequirementKind.Always));
    }

    [Test]
    public void What_has_no_file_form_is_refused()
    {
        EnsemblePlan plan = EveryPlan.Other with { Variations = [new("g", new OneOfOnesOwn())] };
        Assert.That(() => PlanFile.Write(plan), Throws.TypeOf<ModelException>().With.Message.Contains("the distribution OneOfOnesOwn has no file form"));
        Assert.That(() => PlanFile.Write(EveryPlan.Other with { Size = 0 }), Throws.TypeOf<ModelException>().With.Message.Contains("size"));
    }

    private sealed record OneOfOnesOwn : Distribution
    {
        public override string? Problem => null;

        public override double Quantile(double p) => p;
    }
}
