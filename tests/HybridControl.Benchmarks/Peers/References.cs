namespace HybridControl.Benchmarks.Peers;

/// <summary>Exact results of the peers' problems.</summary>
/// <remarks>
/// Ball, thermostat and critical clearing time: closed forms, evaluated with 50 digits. The others: the classical
/// extrapolation method in quadruple precision, converged to at least 20 digits, on the very same equations with
/// constants rounded to double.
/// </remarks>
internal static class References
{
    /// <summary>Time of the 30th bounce in seconds: t1 (1 + 2 (e + ... + e^29)), t1 = sqrt(2 h0 / g).</summary>
    public const double BallBounce30 = 12.83291226462668330027225;

    /// <summary>Time of the 1000th switch in seconds: sums of logarithms of temperature ratios.</summary>
    public const double ThermostatSwitch1000 = 3537.332280481738375702441;

    /// <summary>Critical clearing time in seconds: equal areas give the angle, a quadrature the time.</summary>
    public const double CriticalClearingTime = 0.2800599266237002327599756;

    /// <summary>Time of the fourth sign change of Van der Pol's oscillator with mu = 1000. Quadruple precision.</summary>
    public const double VanDerPolSection4 = 3228.6864295283788421936017264;

    /// <summary>Rotor angle in rad at 10 s. Quadruple precision.</summary>
    public const double SwingAngle = 0.6627382123979009083024839;

    /// <summary>Output voltage of the converter after 10,000 periods: exact maps of each mode with 40 digits.</summary>
    public const double BoostVoltage = 33.4985681044817075712511531153;

    /// <summary>Its switches until then.</summary>
    public const int BoostEvents = 29969;

    /// <summary>Lorenz' states at 20 s. Quadruple precision.</summary>
    public static double[] Lorenz20 { get; } =
        [13.79319959512861883160497, 12.95180393618989854004638, 34.90160868113514290711268];

    /// <summary>Robertson's species at 1e11 s: the initial value test set of Bari, and Precision/references.cpp.</summary>
    public static double[] Robertson { get; } = [2.083340149701255e-8, 8.333360770334713e-14, 0.999999979166505];

    /// <summary>Position after one period of Arenstorf's orbit. Quadruple precision.</summary>
    public static double[] Arenstorf { get; } = [0.9939999999999739957652582, -8.85513462012113783783811e-14];

    /// <summary>The fourteen coordinates of the Pleiades at 3 s. Quadruple precision.</summary>
    public static double[] Pleiades { get; } =
    [
        0.3706139143970512900939509, 3.23728409205723309280333, -3.222559032418323347100131, 0.6597091455775308359349956,
        0.342558170715657979037736, 1.562172101400631016045708, -0.7003092922212495385147327, -3.943437585517392055277883,
        -3.271380973972549928020677, 5.225081843456544192438738, -2.590612434977469510811191, 1.198213693392274637514002,
        -0.2429682344935823409161116, 1.091449240428979747882064,
    ];
}
