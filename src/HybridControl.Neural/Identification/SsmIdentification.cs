using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Identification;

/// <summary>Identifies a linear system from inputs and outputs: an S5 layer of given order, in double precision.</summary>
/// <remarks>
/// <para>
/// Poles begin where a subspace method finds them, everything else at its least squares for these poles; then all numbers are trained by the
/// exact gradient of <see cref="SsmLoss"/>. The result is a function of data and settings, with no numbers drawn at random.
/// </para>
/// <para>
/// N rows, n poles, p inputs and m outputs take about N n (p + m) operations an iteration. L. Ljung, System Identification (1999). Immutable
/// and thread-safe.
/// </para>
/// </remarks>
public sealed record SsmIdentification
{
    private const int HighestSuggestion = 8;

    /// <summary>
    /// Number of poles; null to take the one behind which singular values of the subspace method fall most, up to 8. <see cref="InitialPoles"/> and
    /// <see cref="Physics"/> bring their own.
    /// </summary>
    public int? Order { get; init; }

    /// <summary>What is made small.</summary>
    public SsmLoss Loss { get; init; } = new();

    /// <summary>Share of each run, at its end, that is held out: it tells which numbers are best and how good they are.</summary>
    public double HeldOut { get; init; } = 0.25;

    /// <summary>Poles to begin with, in 1/s, one of each pair; empty to find them.</summary>
    public ImmutableArray<Complex> InitialPoles { get; init; } = [];

    /// <summary>What a mode says about the system, or null.</summary>
    public ModePhysics? Physics { get; init; }

    /// <summary>Steps, rates, patience and checkpoints.</summary>
    public Trainer Trainer { get; init; } = new() { Iterations = 300, Rate = new WarmupSchedule(10, new CosineSchedule(1e-2, 1e-4)) };

    /// <summary>Identifies a system.</summary>
    /// <param name="data">Inputs and outputs.</param>
    /// <param name="cancellation">Stops between iterations; what was found is kept.</param>
    /// <exception cref="ModelException">Data or settings are not sound; with every finding.</exception>
    public SsmFit Fit(IdentificationData data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var findings = new FindingList();
        data.Check(findings);
        Check(findings);
        ThrowIfAny(findings);
        ModalData scaled = ModalData.Of(data, HeldOut, findings);
        PhysicsTerm? physics = Physics is null ? null : PhysicsTerm.Of(Physics, data, scaled, findings);
        ThrowIfAny(findings);
        SubspacePoles? subspace = InitialPoles.IsEmpty && physics is null ? SubspacePoles.Of(scaled) : null;
        Complex[] exponents = Exponents(data, scaled, subspace, physics);
        CheckRows(scaled, exponents, findings);
        ThrowIfAny(findings);

        (ModalSystem start, Complex[][] initial) = ModalStart.Fit(scaled, exponents);
        var parameters = new ModalParameters(start, initial);
        TrainingResult training = WithGroups().Run(new SsmTask(scaled, parameters, Loss, physics), parameters.Set, cancellation);
        SsmModel model = Model(data, scaled, parameters);
        return new(model, training, [.. subspace?.Singular ?? []], model.Evaluate(data.Leading(HeldOut)), HeldOut > 0.0 ? model.Evaluate(data, HeldOut) : null);
    }

    private void Check(FindingList findings)
    {
        if (Order is < 1 or > 64)
        {
            findings.Error("identification.order", $"{Order} is not between 1 and 64", "Give the number of poles.");
        }

        if (!(HeldOut >= 0.0 && HeldOut <= 0.9))
        {
            findings.Error("identification.heldOut", FormattableString.Invariant($"{HeldOut} is not between 0 and 0.9"), "Give a share of the rows.");
        }

        if (!(Loss.Prediction >= 0.0 && Loss.Innovation >= 0.0 && Loss.Physics >= 0.0 && Loss.Prediction + Loss.Innovation > 0.0 && double.IsFinite(Loss.Prediction + Loss.Innovation + Loss.Physics)))
        {
            findings.Error(
                "identification.loss",
                FormattableString.Invariant($"the weights are {Loss.Prediction}, {Loss.Innovation} and {Loss.Physics}"),
                "Give numbers from 0, the first or the second above 0.");
        }

        if (Order is not null && (Physics is not null || !InitialPoles.IsEmpty))
        {
            findings.Error("identification.order", "the order is given beside poles or physics, which have one", "Give one of them.");
        }

        if (InitialPoles.Any(pole => !(pole.Real < 0.0 && pole.Imaginary >= 0.0 && double.IsFinite(pole.Real) && double.IsFinite(pole.Imaginary))))
        {
            findings.Error("identification.initialPoles", "a pole has no negative real part, or a negative imaginary part", "Give stable poles, of each pair the upper one.");
        }
    }

    private static void CheckRows(ModalData data, Complex[] exponents, FindingList findings)
    {
        int order = exponents.Sum(exponent => exponent.Imaginary == 0.0 ? 1 : 2);
        int unknowns = order + (((order + 1) * data.Inputs) + 1) + (order * data.Runs.Length);
        if (data.AllTrainRows * data.Outputs < unknowns + 2)
        {
            findings.Error(
                "data.rows",
                $"{data.AllTrainRows} rows to learn from are too few for {unknowns} unknown numbers of {order} poles",
                "Give more rows, ask for a lower order, or hold less out.");
        }
    }

    private Complex[] Exponents(IdentificationData data, ModalData scaled, SubspacePoles? subspace, PhysicsTerm? physics)
    {
        if (!InitialPoles.IsEmpty)
        {
            return [.. InitialPoles.Select(pole => pole * data.SamplePeriod)];
        }

        if (physics?.Exponents() is { Length: > 0 } linearized)
        {
            return linearized;
        }

        int order = Order ?? subspace?.SuggestOrder(HighestSuggestion) ?? 2;
        Complex[] multipliers = subspace is not null && order <= subspace.HighestOrder ? subspace.Multipliers(order) : [];
        return multipliers.Length > 0 ? ModalStart.Exponents(multipliers) : ModalStart.Spread(order, scaled.AllTrainRows);
    }

    // Poles move with shorter steps than what they carry; a gain that no loss asks for stays zero.
    private Trainer WithGroups()
    {
        ParameterGroup[] gains = Loss.Innovation > 0.0 ? [] : [new($"{ModalParameters.Gains}*") { IsFrozen = true }];
        return Trainer with
        {
            Groups = [.. gains, .. Trainer.Groups, new ParameterGroup($"{ModalParameters.Poles}*") { RateFactor = 0.3, WeightDecay = 0.0 }],
        };
    }

    private static SsmModel Model(IdentificationData data, ModalData scaled, ModalParameters parameters)
    {
        ModalSystem system = parameters.System();
        ModalPass[] passes = [.. scaled.Runs.Select((run, r) => system.Follow(run, parameters.Initial(r), corrects: true))];
        double[] covariance = ErrorLikelihood.Of(passes, scaled.Runs, scaled.Outputs, heldOut: false)!.Covariance;
        int m = scaled.Outputs;
        for (int i = 0; i < covariance.Length; i++)
        {
            covariance[i] *= scaled.OutputScale[i / m] * scaled.OutputScale[i % m];
        }

        return new(Physical(system, scaled, out double[] center), data.SamplePeriod, data.InputNames, data.OutputNames, scaled.InputCenter, center, covariance);
    }

    // From scaled units to those of the data; the offset goes to the centres of the outputs.
    private static ModalSystem Physical(ModalSystem system, ModalData scaled, out double[] center)
    {
        (int modes, int p, int m) = (system.Modes, system.Inputs, system.Outputs);
        var physical = new ModalSystem(modes, p, m);
        system.Exponents.CopyTo(physical.Exponents, 0);
        for (int i = 0; i < system.B.Length; i++)
        {
            physical.B[i] = system.B[i] / scaled.InputScale[i % p];
        }

        for (int i = 0; i < system.C.Length; i++)
        {
            physical.C[i] = system.C[i] * scaled.OutputScale[i / modes];
        }

        for (int i = 0; i < system.D.Length; i++)
        {
            physical.D[i] = system.D[i] * scaled.OutputScale[i / p] / scaled.InputScale[i % p];
        }

        for (int i = 0; i < system.K.Length; i++)
        {
            physical.K[i] = system.K[i] / scaled.OutputScale[i % m];
        }

        center = [.. scaled.OutputCenter.Select((value, o) => value + (scaled.OutputScale[o] * system.Offset[o]))];
        return physical;
    }

    private static void ThrowIfAny(FindingList findings)
    {
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }
}
