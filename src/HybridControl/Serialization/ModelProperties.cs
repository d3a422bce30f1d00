using System.Collections.Immutable;

namespace HybridControl.Serialization;

/// <summary>The properties that a model file may hold, object by object; the published schema lists the same.</summary>
internal static class ModelProperties
{
    public static readonly ImmutableArray<string> Model =
    [
        "$schema", "name", "description", "source", "parameters", "states", "algebraic", "discrete", "inputs", "tables", "wiener", "outputs",
        "initialMode", "modes", "transitions", "sampled", "sliding", "zeno", "experiment",
        "estimation",
    ];

    public static readonly ImmutableArray<string> Parameter = ["value", "unit"];

    public static readonly ImmutableArray<string> Variable = ["initial", "unit"];

    public static readonly ImmutableArray<string> Algebraic = ["start", "unit"];

    public static readonly ImmutableArray<string> Discrete = ["initial", "unit", "type"];

    public static readonly ImmutableArray<string> Table = ["x", "y", "z", "extrapolation", "interpolation"];

    public static readonly ImmutableArray<string> Output = ["expr", "unit"];

    public static readonly ImmutableArray<string> Network =
    [
        "$schema", "name", "description", "source", "models", "components", "shared", "wires", "outputs", "experiment",
    ];

    public static readonly ImmutableArray<string> NetworkComponent = ["model", "values", "labels"];

    public static readonly ImmutableArray<string> Mode =
        ["region", "states", "entry", "exit", "initial", "history", "modes", "flow", "equations", "mass", "diffusion", "invariant"];

    public static readonly ImmutableArray<string> Transition =
    [
        "name", "from", "to", "label", "guard", "rule", "direction", "flowOnly", "initialValue", "policy", "mean", "after", "survives",
        "instances", "command", "every", "offset", "rate", "reset", "priority", "persistent", "external", "fireOnTouch", "values",
    ];

    public static readonly ImmutableArray<string> SampledUpdate = ["period", "offset", "set"];

    public static readonly ImmutableArray<string> SlidingModes = ["modes", "pull"];

    public static readonly ImmutableArray<string> ZenoJump = ["goTo", "reset"];

    public static readonly ImmutableArray<string> Experiment = ["until", "commands", "plot", "solver"];

    public static readonly ImmutableArray<string> Solver = ["method", "relativeTolerance", "absoluteTolerance", "maximumStep", "step"];

    public static readonly ImmutableArray<string> TimedCommand = ["at", "command", "set"];

    public static readonly ImmutableArray<string> Estimation =
    [
        "sensors", "correlations", "processNoise", "initialDeviations", "initialModes", "guardWidths", "switching",
    ];

    public static readonly ImmutableArray<string> Sensor = ["expr", "deviation"];

    public static readonly ImmutableArray<string> SensorCorrelation = ["between", "value"];

    public static readonly ImmutableArray<string> SwitchingRate = ["from", "to", "rate"];

    public static readonly ImmutableArray<string> ConstantSignal = ["signal", "value", "unit"];

    public static readonly ImmutableArray<string> StepSignal = ["signal", "at", "before", "after", "unit"];

    public static readonly ImmutableArray<string> RampSignal = ["signal", "start", "end", "from", "to", "unit"];

    public static readonly ImmutableArray<string> SineSignal =
        ["signal", "amplitude", "frequency", "phase", "offset", "unit"];

    public static readonly ImmutableArray<string> TableSignal = ["signal", "times", "values", "linear", "unit"];

    /// <summary>Every object by the name that the schema gives it.</summary>
    public static readonly ImmutableArray<(string Name, ImmutableArray<string> Properties)> All =
    [
        ("model", Model), ("network", Network), ("networkComponent", NetworkComponent), ("parameter", Parameter), ("variable", Variable), ("algebraicVariable", Algebraic),
        ("discreteVariable", Discrete), ("table", Table), ("output", Output),
        ("mode", Mode), ("transition", Transition), ("sampledUpdate", SampledUpdate), ("slidingModes", SlidingModes), ("zenoJump", ZenoJump), ("experiment", Experiment),
        ("timedCommand", TimedCommand), ("solver", Solver), ("estimation", Estimation), ("sensor", Sensor),
        ("sensorCorrelation", SensorCorrelation), ("switchingRate", SwitchingRate), ("constantSignal", ConstantSignal), ("stepSignal", StepSignal),
        ("rampSignal", RampSignal), ("sineSignal", SineSignal), ("tableSignal", TableSignal),
    ];
}
