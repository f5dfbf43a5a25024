foreach(module address_traffic cold_start dropped_advice keep_alive report_reading slow_look slow_verdict storm_verdict story)
  faas_drill_unit(${module} faas_drill_phases)
endforeach()
