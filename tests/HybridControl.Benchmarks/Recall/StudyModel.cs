using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Training;

namespace HybridControl.Benchmarks.Recall;

/// <summary>One architecture of the study. Hidden widths bring the numbers of parameters within five percent of each other.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Pattern">Its layers.</param>
internal sealed record StudyModel(string Name, string[] Pattern)
{
    private const int Width = 32;
    private const int StateSize = 8;
    private const int Batch = 32;

    /// <summary>Four mixers each; perceptrons beside those that have no gate of their own.</summary>
    public static readonly StudyModel[] All =
    [
        new("S5", ["S5", "-", "S5", "-", "S5", "-", "S5", "-"]),
        new("Mamba", ["M", "M", "M", "M"]),
        new("attention", ["*", "-", "*", "-", "*", "-", "*", "-"]),
        new("hybrid 3:1", ["M", "M", "*", "-", "M"]),
    ];

    /// <summary>The stack for a task.</summary>
    public StackDescription Describe(IStudyTask task)
    {
        var pattern = new StackPattern
        {
            Width = Width,
            Modes = 32,
            StateSize = StateSize,
            Rotary = new(),
            Hidden = Pattern.Contains("S5") ? 36 : 48,
        };
        return new()
        {
            Width = Width,
            Signals = task.Signals,
            Outputs = task.Outputs,
            HeadBias = true,
            FinalNorm = new(),
            Layers = pattern.Layers(Pattern),
        };
    }

    /// <summary>A model trained on a task for some steps; every batch is new, lengths take turns.</summary>
    public SequenceModel Train(IStudyTask task, int steps, ulong seed)
    {
        var model = new SequenceModel(Describe(task));
        model.Initialize(seed);
        ParameterSet parameters = model.Parameters;
        AdamWState state = new AdamW { WeightDecay = 0.01 }.Start(parameters.Length);
        var rate = new WarmupSchedule(steps / 20, new CosineSchedule(5e-3, 1e-4));
        var gradient = new double[parameters.Length];
        var tape = new Tape();
        for (int step = 0; step < steps; step++)
        {
            tape.Reset();
            BoundParameters bound = parameters.Bind(tape);
            int length = task.Lengths[step % task.Lengths.Length];
            tape.Backward(task.Loss(model, tape, bound, length, Batch, seed, (long)step * Batch));
            tape.Gradient(bound.All).CopyTo(gradient);
            GradientNorm.Clip(gradient, 1.0);
            state.Step(parameters.Values, gradient, rate.At(step, steps));
        }

        return model;
    }
}
